//! What disturbs: hostile requests, clients that leave, many workers, configurations that are wrong.

use super::world::World;
use edge_demo::http::Request;
use integration::{Answer, FilterHost, Proxy, Upstream};
use serde_json::{Value, json};
use std::time::Duration;

/// One trap would kill the VM for everybody on the worker.
#[test]
fn hostile_requests_do_not_disturb_the_next() {
    let world = World::new(&Value::Null, json!({}));
    let many = (0..1000).fold(Request::get("/many"), |request, n| {
        request.header(&format!("x-{n}"), "y")
    });
    for (name, request) in [
        (
            "bytes that are no UTF-8",
            Request::get("/")
                .header("x-bytes", b"\xff\xfe")
                .header("x-response", b"\xff"),
        ),
        ("a thousand headers", many),
        (
            "a repeated header",
            Request::get("/")
                .header("authorization", "a")
                .header("authorization", "b"),
        ),
        (
            "60 KB of one",
            Request::get("/").header("authorization", "x".repeat(60_000)),
        ),
        ("a path that is no UTF-8", Request::get("/wait/\u{7f}")),
        ("a wait of nothing", Request::get("/wait/99999999999999")),
    ] {
        let response = world.send(&request);
        assert!(
            [200, 400].contains(&response.status),
            "{name}: {}",
            response.status
        );
        assert_eq!(world.get("/").status, 200, "after {name}");
    }
}

#[test]
fn a_client_that_leaves_while_its_request_waits_disturbs_nobody() {
    use std::io::Write;
    let world = World::new(&Value::Null, json!({}));
    for _ in 0..20 {
        let mut stream = std::net::TcpStream::connect(world.envoy.address()).unwrap();
        stream
            .write_all(b"GET /wait/1000 HTTP/1.1\r\nhost: a\r\n\r\n")
            .unwrap();
        std::thread::sleep(Duration::from_millis(15));
    }
    assert_eq!(world.get("/wait/2").status, 200);
    assert_eq!(world.get("/").status, 200);
}

#[test]
fn a_client_that_leaves_while_a_call_is_out_disturbs_nobody() {
    use std::io::Write;
    let world = World::with(Proxy::default().probe(&Value::Null, json!({})).workers(2));
    // The call's answer takes its time, longer than some clients stay.
    world.upstream.answer_with(Answer {
        body: vec![b"slow".to_vec(); 5],
        pause: Duration::from_millis(15),
        ..Answer::default()
    });
    for round in 0..30 {
        let mut stream = std::net::TcpStream::connect(world.envoy.address()).unwrap();
        stream
            .write_all(b"GET /call HTTP/1.1\r\nhost: a\r\n\r\n")
            .unwrap();
        std::thread::sleep(Duration::from_millis(5 * (round % 10)));
    }
    world.upstream.answer_with(Answer::text("upstream"));
    assert_eq!(world.get("/call").status, 200);
    assert_eq!(
        world.upstream_header("/call", "x-answer").as_deref(),
        Some("200 8")
    );
}

/// What would end a process that panics is answered, counted and forgotten.
#[test]
fn a_filter_that_fails_takes_nobody_down() {
    if FilterHost::chosen() == FilterHost::Wasm {
        return; // There a trap ends the VM, which Envoy replaces.
    }
    let world = World::new(&Value::Null, json!({}));
    for (number, path) in (1..).zip(["/fail", "/fail-later", "/fail-woken", "/fail"]) {
        let failed = world.get(path);
        assert_eq!(failed.status, 500, "{path}");
        assert_eq!(
            failed.json()["type"],
            "urn:edge-filters:problem:filter_failed",
            "{path}"
        );
        assert_eq!(world.counter("filter_failed"), number, "{path}");
        assert_eq!(
            world.get("/").header("x-probe-response").as_deref(),
            Some("seen"),
            "after {path}"
        );
    }
    let log = world.envoy.log();
    assert!(
        log.contains("panicked at") && !log.contains("as it was asked to"),
        "{log}"
    );
}

#[test]
fn one_lease_is_held_at_a_time_though_every_worker_ticks() {
    let world = World::with(
        Proxy::default()
            .probe(&json!({"tick": true}), json!({}))
            .workers(2),
    );
    std::thread::sleep(Duration::from_secs(2));
    if FilterHost::chosen() == FilterHost::Native {
        // The main thread alone does what leases are for; workers tick at requests.
        let taken = world.counter("lease_taken");
        assert!((5..=21).contains(&taken), "one lease every 100 ms: {taken}");
        return;
    }
    let (ticked, taken) = (world.counter("ticked"), world.counter("lease_taken"));
    assert!(
        ticked > 2 * taken,
        "two workers and the main thread tick: {ticked}, leases {taken}"
    );
    assert!((5..=21).contains(&taken), "one lease every 100 ms: {taken}");
}

#[test]
fn routes_override_the_configuration() {
    let metadata = json!({"probe": {"config": r#"{"number": 7}"#}});
    let proxy = Proxy::default()
        .probe(&json!({"number": 1, "per_route": true}), json!({}))
        .route_metadata(metadata);
    let world = World::with(proxy);
    world.get("/");
    assert_eq!(world.upstream_header("/", "x-number").as_deref(), Some("7"));
}

#[test]
fn a_wrong_configuration_is_refused_at_start() {
    for (configuration, expected) in [
        (
            json!({"numbre": 1}),
            "numbre: found an unknown field, expected one of tick, per_route, number (did you mean number?)",
        ),
        (
            json!({"number": "one"}),
            "number: found \"one\", expected an integer from 0 to 4294967295",
        ),
        (
            json!({"number": -1}),
            "number: found -1, expected an integer from 0 to 4294967295",
        ),
    ] {
        let error = Proxy::default()
            .probe(&configuration, json!({}))
            .try_start(&Upstream::start())
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
