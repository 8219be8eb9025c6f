//! One callback of the host never causes more than a bounded number of others, however many wait.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use http_filter::bounds::{
    MOST_CALLS, MOST_HELD, MOST_LET_GO, MOST_LOOKED_AT, MOST_MADE_UP, MOST_PATIENCE, MOST_WAITING_OF_ONE,
    NEXT_BATCH,
};
use integration::{
    module,
    vm::{Dispatch, Event, Options, Process, Program, Stream, Vm, World, message},
};
use serde_json::{Value, json};
use std::time::Duration;

const CROWD: usize = 2_000;

fn crowd(world: &mut World, path: &str) -> Vec<Stream> {
    (0..CROWD).map(|_| world.send(message::get(path))).collect()
}

/// Host calls of this name in one tick, which comes when it's due.
fn in_one_tick(world: &mut World, hostcall: &str) -> usize {
    let due = world.vm.tick_due().unwrap();
    world.process.advance(due.saturating_sub(world.process.elapsed()));
    world.vm.reset_counts();
    world.vm.tick();
    world.vm.hostcalls().get(hostcall).copied().unwrap_or_default() as usize
}

fn until_next_tick(world: &mut World) -> Option<Duration> {
    let due = world.vm.tick_due()?;
    Some(due.saturating_sub(world.process.elapsed()))
}

#[test]
fn a_crowd_goes_on_in_batches_oldest_first() {
    let mut world = World::new(false);
    let streams = crowd(&mut world, "/wait/1");
    let mut gone = 0;
    while gone < CROWD {
        let continued = in_one_tick(&mut world, "proxy_continue_stream");
        assert!((1..=MOST_LET_GO).contains(&continued), "{continued} after {gone}");
        gone += continued;
        let next = until_next_tick(&mut world);
        assert_eq!(next, (gone < CROWD).then_some(NEXT_BATCH), "after {gone}");
        let is_gone = |stream: &Stream| world.vm.upstream(*stream).complete;
        assert!(streams.iter().take(gone).all(is_gone), "oldest first");
    }
}

#[test]
fn those_who_wait_on_are_looked_at_in_batches() {
    let mut world = World::new(false);
    crowd(&mut world, "/wait/1000000");
    for _ in 0..50 {
        assert_eq!(in_one_tick(&mut world, "proxy_continue_stream"), 0);
        let looks = world.vm.hostcalls()["proxy_set_effective_context"] as usize;
        // Once more for the root, which takes the context back.
        assert!(looks <= MOST_LOOKED_AT + 2, "{looks}");
    }
}

/// A worker that a crowd keeps busy comes to its timer late: those who are stopped make up for it.
#[test]
fn who_is_stopped_lets_a_few_go_and_who_passes_lets_nobody_go() {
    for (name, path, expected) in [("stopped", "/wait/1000000", MOST_MADE_UP), ("passes", "/", 0)] {
        let mut world = World::new(false);
        crowd(&mut world, "/wait/1000000");
        world.process.advance(MOST_PATIENCE);
        world.vm.reset_counts();
        let stream = world.send(message::get(path));
        let answers = world.vm.hostcalls().get("proxy_send_local_response").copied();
        assert_eq!(answers.unwrap_or_default() as usize, expected, "{name}");
        assert_eq!(world.vm.upstream(stream).complete, expected == 0, "{name}");
    }
}

#[test]
fn a_crowd_is_answered_when_its_time_is_up_whatever_the_clock_says() {
    for (name, clock) in [
        ("steady", None),
        ("set back by a day", Some(Duration::from_secs(1_700_000_000))),
        ("set forward by years", Some(Duration::from_secs(2_000_000_000))),
    ] {
        let mut world = World::new(false);
        let streams = crowd(&mut world, "/wait/1000000");
        if let Some(clock) = clock {
            world.process.set_clock(clock);
        }
        world.process.advance(MOST_PATIENCE - Duration::from_millis(1));
        assert_eq!(in_one_tick(&mut world, "proxy_send_local_response"), 0, "{name}");
        world.process.advance(Duration::from_millis(1));
        let mut answered = 0;
        while answered < CROWD {
            let answers = in_one_tick(&mut world, "proxy_send_local_response");
            assert!(answers <= MOST_LET_GO, "{name}: {answers}");
            answered += answers;
            assert!(
                world.process.elapsed() < MOST_PATIENCE + Duration::from_secs(1),
                "{name}"
            );
        }
        let status = world.vm.client(streams[CROWD - 1]).headers.unwrap().status();
        assert_eq!(
            (status, world.counter("waited_too_long")),
            (Some(503), CROWD as u64),
            "{name}"
        );
        assert_eq!(world.vm.tick_due(), None, "{name}");
    }
}

#[test]
fn a_late_tick_is_made_up_for_by_the_requests_own_callbacks() {
    let mut world = World::new(true);
    let stream = world.vm.new_stream();
    let request = message::get("/wait/1000000");
    world.vm.request(stream, vec![Event::Headers(request)]);
    world.process.advance(MOST_PATIENCE);
    world
        .vm
        .request(stream, vec![Event::Data(b"late".to_vec(), true)]);
    assert_eq!(world.vm.client(stream).headers.unwrap().status(), Some(503));
}

#[test]
fn too_many_are_told_so_at_once_and_those_who_go_make_room() {
    let mut world = World::new(false);
    let waiting: Vec<_> = (0..MOST_WAITING_OF_ONE)
        .map(|_| world.send(message::get("/wait/1000000")))
        .collect();
    let one_more = world.send(message::get("/wait/1000000"));
    assert_eq!(world.vm.client(one_more).headers.unwrap().status(), Some(503));
    assert_eq!(world.client(one_more, "retry-after").as_deref(), Some("1"));
    assert_eq!(world.counter("too_many_waiting"), 1);
    for stream in waiting.iter().take(10) {
        world.vm.finish(*stream);
    }
    for place in 0..11 {
        world.send(message::get("/wait/1000000"));
        assert_eq!(world.counter("too_many_waiting"), 1 + place / 10, "{place}");
    }
}

#[test]
fn held_responses_are_given_up_in_batches() {
    let mut world = World::new(false);
    let request = || message::with(&message::get("/"), "x-response", b"hold");
    for _ in 0..CROWD {
        let stream = world.send(request());
        world
            .vm
            .respond(stream, vec![Event::Headers(message::status(200))]);
    }
    let mut released = 0;
    while released < CROWD {
        let now = in_one_tick(&mut world, "proxy_continue_stream");
        assert!(now <= MOST_LET_GO, "{now}");
        released += now;
        assert!(world.process.elapsed() < MOST_HELD + Duration::from_secs(1));
    }
    assert_eq!(world.counter("hold_given_up"), CROWD as u64);
}

/// A call that can't be sent comes back in a callback of its own: so many providers, so many callbacks.
#[test]
fn calls_of_a_configuration_are_sent_in_batches() {
    const PROVIDERS: usize = 100;
    let provider = |number: usize| {
        let jwks = json!({"uri": format!("http://idp/{number}"), "cluster": "idp"});
        (
            format!("p{number}"),
            json!({"issuer": format!("https://{number}"), "jwks": jwks}),
        )
    };
    let providers: Value = (0..PROVIDERS)
        .map(provider)
        .collect::<serde_json::Map<_, _>>()
        .into();
    let configuration = json!({"providers": providers}).to_string();
    let process = Process::default();
    let mut vm = Vm::new(
        &Program::load(&module::shipped("jwt-auth")),
        &process,
        Options::default(),
    );
    vm.on_dispatch(|_| Dispatch::NoHost);
    assert!(vm.configure(Some(&configuration)), "{:?}", process.log());
    let mut sent = 0;
    while sent < PROVIDERS {
        let due = vm.tick_due().unwrap();
        process.advance(due.saturating_sub(process.elapsed()));
        vm.reset_counts();
        vm.tick();
        let calls = vm.hostcalls().get("proxy_http_call").copied().unwrap_or_default() as usize;
        assert!(calls <= MOST_CALLS, "{calls}");
        sent += calls;
        assert!(process.elapsed() < Duration::from_secs(10), "{sent}");
    }
}
