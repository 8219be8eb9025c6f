//! Every trap of the host that the adapter's README names, shown by the probe (`integration/probe`): the host here traps
//! where Envoy would, so a test that ends has shown it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use integration::{
    module,
    vm::{Answer, Dispatch, Event, Options, Process, Program, Vm, World, message},
};
use std::{cell::RefCell, rc::Rc, time::Duration};

#[test]
fn bytes_that_are_no_text_pass_unharmed() {
    let mut world = World::new(false);
    let request = message::with(&message::get("/"), "x-bytes", b"\xff\xfe");
    let stream = world.send(request);
    let sent = world.vm.upstream(stream).headers.unwrap();
    assert_eq!(sent.first("x-bytes"), Some(&b"\xff\xfe"[..]));
    assert_eq!(sent.first("x-probe"), Some(&b"seen"[..]));
}

/// All phases with all parts, in both settings: a host call in the wrong one would trap.
#[test]
fn its_own_reply_is_left_alone() {
    let mut world = World::new(false);
    let stream = world.send(message::get("/reply"));
    let client = world.vm.client(stream);
    assert_eq!(client.headers.unwrap().status(), Some(418));
    assert!(client.complete && !client.body.is_empty());
    assert_eq!(world.client(stream, "x-probe-response"), None);
    assert_eq!((world.counter("teapot"), world.counter("responses")), (1, 0));
    assert!(world.vm.upstream(stream).headers.is_none());
}

#[test]
fn replies_of_others_are_left_alone() {
    let mut world = World::new(false);
    // An earlier filter answered: no request was ever shown.
    let unseen = world.vm.new_stream();
    world.respond(unseen, &[b"denied"], None);
    assert_eq!(world.client(unseen, "x-probe-response"), None);
    // Envoy's own time-out answers while the request is held; the callout is answered too late.
    let held = world.send(message::get("/call"));
    world.respond(held, &[b"stream timeout"], None);
    assert_eq!(world.client(held, "x-probe-response"), None);
    assert_eq!(world.vm.client(held).body, b"stream timeout");
    world.vm.finish(held);
    world.answer(Answer::http(200, "late"));
    assert_eq!(world.counter("responses"), 0);
}

#[test]
fn a_value_that_would_be_two_headers_is_withheld() {
    let mut world = World::new(false);
    let stream = world.send(message::get("/inject"));
    assert!(world.vm.upstream(stream).complete);
    assert_eq!(world.upstream(stream, "x-injected"), None);
    assert_eq!(world.counter("invalid_header_withheld"), 1);
    assert!(world.process.logged("x-injected"));
}

#[test]
fn callouts_end_in_every_way_there_is() {
    for (name, answer, expected) in [
        ("answered", Answer::http(200, "12345678"), "200 8"),
        ("empty", Answer::http(204, ""), "204 0"),
        (
            "as large as allowed",
            Answer::http(200, vec![b'x'; 1024]),
            "200 1024",
        ),
        (
            "too large",
            Answer::http(200, vec![b'x'; 1025]),
            "the answer is larger than allowed",
        ),
        ("broken off", Answer::Reset, "the answer broke off"),
    ] {
        let mut world = World::new(false);
        let stream = world.send(message::get("/call"));
        assert!(world.vm.upstream(stream).headers.is_none(), "{name}: held");
        world.vm.reset_counts();
        world.answer(answer);
        assert_eq!(
            world.upstream(stream, "x-answer").as_deref(),
            Some(expected),
            "{name}"
        );
        assert!(world.vm.upstream(stream).complete, "{name}");
        let copied = world.vm.hostcalls().get("proxy_get_buffer_bytes").copied();
        assert_eq!(
            copied,
            expected.starts_with("200").then_some(1),
            "{name}: copied into the VM"
        );
    }
}

#[test]
fn callouts_that_cannot_be_sent_are_answers_too() {
    for (name, refusal) in [
        ("no such cluster", Dispatch::UnknownCluster),
        ("no host", Dispatch::NoHost),
    ] {
        let mut world = World::new(false);
        world.vm.on_dispatch(move |_| refusal);
        let stream = world.send(message::get("/call-missing"));
        let answer = world.upstream(stream, "x-answer");
        assert_eq!(
            answer.as_deref(),
            Some("the cluster is unknown or has no host"),
            "{name}"
        );
    }
}

#[test]
fn the_timer_wakes_streams_and_stops() {
    let mut world = World::new(false);
    let stream = world.send(message::get("/wait/3"));
    for _ in 0..3 {
        assert!(world.vm.upstream(stream).headers.is_none());
        let left = world.vm.tick_due().unwrap() - world.process.elapsed();
        assert_eq!(left, Duration::from_millis(20));
        world.vm.run(left);
    }
    assert_eq!(world.upstream(stream, "x-woken").as_deref(), Some("3"));
    assert_eq!(world.vm.tick_due(), None, "nobody waits any more");
}

#[test]
fn a_stream_that_ends_while_it_waits_is_forgotten() {
    let mut world = World::new(false);
    let stream = world.send(message::get("/wait/3"));
    world.vm.finish(stream);
    world.vm.run(Duration::from_millis(100));
    assert_eq!(world.vm.tick_due(), None);
}

/// With and without `allow_on_headers_stop_iteration`: with it, bodies are shown while headers are held.
#[test]
fn creating_shared_data_overwrites_nobody() {
    let process = Process::default();
    let program = Program::load(&module::probe());
    let mut vms: Vec<_> = (0..2)
        .map(|_| Vm::new(&program, &process, Options::default()))
        .collect();
    for vm in &mut vms {
        assert!(vm.configure(None));
    }
    let (mut first, second) = (vms.remove(0), Rc::new(RefCell::new(vms.remove(0))));
    let mut times = 3;
    process.after_get(move |_| {
        if times > 0 {
            times -= 1;
            // Between the other's reading and writing, this one reads and writes.
            let mut vm = second.borrow_mut();
            let stream = vm.new_stream();
            vm.request(stream, Event::message(message::get("/shared"), &[], None));
        }
    });
    let stream = first.new_stream();
    first.request(stream, Event::message(message::get("/shared"), &[], None));
    let number = first.upstream(stream).headers.unwrap();
    assert_eq!(number.first("x-shared"), Some(&b"4"[..]), "three were faster");
}

#[test]
fn a_refused_configuration_names_the_field_and_leaves_the_old_one() {
    let mut world = World::new(false);
    assert!(world.vm.configure(Some(r#"{"number": 1}"#)));
    assert!(!world.vm.configure(Some(r#"{"numbr": 2}"#)));
    assert!(
        world.process.logged("numbr: found an unknown field"),
        "{:?}",
        world.process.log()
    );
    let stream = world.send(message::get("/"));
    assert_eq!(world.upstream(stream, "x-number").as_deref(), Some("1"));
}

#[test]
fn the_host_verifies_where_it_can() {
    for (name, verdict, expected) in [
        ("not offered", None, "none"),
        ("good", Some(true), "good"),
        ("bad", Some(false), "bad"),
    ] {
        let mut world = World::new(false);
        if let Some(verdict) = verdict {
            world.vm.offer_verification(move |hash, key, signature, text| {
                assert_eq!(
                    (hash, key, signature, text),
                    ("sha256", &b"key"[..], &b"signature"[..], &b"message"[..])
                );
                verdict
            });
        }
        let stream = world.send(message::get("/verify"));
        assert_eq!(
            world.upstream(stream, "x-verify").as_deref(),
            Some(expected),
            "{name}"
        );
    }
}

#[test]
fn published_properties_are_read_later_and_routes_chosen_anew() {
    let mut world = World::new(false);
    let stream = world.send(message::get("/property"));
    world.respond(stream, &[], None);
    assert_eq!(world.client(stream, "x-property").as_deref(), Some("published"));
    let stream = world.send(message::get("/reroute"));
    assert_eq!(world.vm.route_cache_clears(stream), 1);
    assert_eq!(world.upstream(stream, "x-cluster").as_deref(), Some("second"));
}
/// What would be a trap in Envoy is one here: an answer that Envoy gives once is given twice.
#[test]
#[should_panic(expected = "trap in proxy_on_http_call_response")]
fn a_trap_fails_the_test() {
    let mut world = World::new(false);
    world.send(message::get("/call"));
    let callouts = world.vm.take_callouts();
    world.vm.answer(&callouts[0], Answer::http(200, ""));
    world.vm.answer(&callouts[0], Answer::http(200, ""));
}

/// What Envoy doesn't offer can't be imported: such a module doesn't even start.
#[test]
#[should_panic(expected = "proxy_wake")]
fn an_import_that_nobody_offers_is_refused() {
    let mut module = std::fs::read(module::probe()).unwrap();
    let (known, unknown) = (b"\x0aproxy_done", b"\x0aproxy_wake");
    let at = module
        .windows(known.len())
        .position(|bytes| bytes == known)
        .unwrap();
    module[at..at + unknown.len()].copy_from_slice(unknown);
    Vm::new(&Program::new(&module), &Process::default(), Options::default());
}
