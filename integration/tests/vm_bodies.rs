//! Bodies through the adapter, shown by the probe (`integration/probe`): with `allow_on_headers_stop_iteration` and
//! without, with trailers and without.
#![allow(clippy::unwrap_used, reason = "tests")]

use http_filter::Headers;
use integration::vm::{Answer, Event, World, message};
use std::time::Duration;

#[test]
fn every_phase_of_every_body_plan() {
    for stop_iteration in [false, true] {
        for plan in ["none", "rewrite", "hold", "discard"] {
            for (parts, chunks, trailers) in [
                ("headers", &[][..], false),
                ("body", &[&b"abc"[..], b"def"][..], false),
                ("an empty end", &[&b"abc"[..], b""][..], false),
                ("trailers", &[&b"abc"[..]][..], true),
                ("trailers alone", &[][..], true),
            ] {
                let name = format!("{plan}, {parts}, {stop_iteration}");
                let mut world = World::new(stop_iteration);
                let stream = world.vm.new_stream();
                let request = message::with(&message::get("/"), "x-response", plan);
                let trailers = trailers.then(|| [("x-trailer", "1")].into_iter().collect::<Headers>());
                world
                    .vm
                    .request(stream, Event::message(request, chunks, trailers.clone()));
                assert!(
                    world.vm.upstream(stream).complete,
                    "{name}: the request gets there"
                );
                world.respond(stream, chunks, trailers.clone());
                world.vm.run(Duration::from_secs(1));
                let client = world.vm.client(stream);
                assert!(client.complete, "{name}: the response gets there");
                assert_eq!(
                    world.client(stream, "x-probe-response").as_deref(),
                    Some("seen"),
                    "{name}"
                );
                let whole = chunks.concat();
                let expected = match plan {
                    "discard" => Vec::new(),
                    // Where trailers follow, no chunk is announced as the last.
                    "rewrite" if !chunks.is_empty() => {
                        let end: &[u8] = if trailers.is_some() { b"" } else { b"!" };
                        [whole.to_ascii_uppercase(), end.to_vec()].concat()
                    }
                    _ => whole,
                };
                assert_eq!(client.body, expected, "{name}");
                world.vm.finish(stream);
            }
        }
    }
}

#[test]
fn bodies_do_not_release_a_held_request() {
    for stop_iteration in [false, true] {
        for path in ["/call", "/wait/2"] {
            let name = format!("{path}, {stop_iteration}");
            let mut world = World::new(stop_iteration);
            let stream = world.vm.new_stream();
            let trailers = [("x-trailer", "1")].into_iter().collect();
            let request = Event::message(message::get(path), &[b"abc", b"def"], Some(trailers));
            world.vm.request(stream, request);
            assert_eq!(world.vm.upstream(stream), Default::default(), "{name}: held");
            if path == "/call" {
                world.answer(Answer::http(200, ""));
            } else {
                world.vm.run(Duration::from_millis(40));
            }
            let upstream = world.vm.upstream(stream);
            assert!(upstream.complete && upstream.trailers.is_some(), "{name}");
            assert_eq!(upstream.body, b"abcdef", "{name}");
        }
    }
}

#[test]
fn bodies_are_held_up_to_a_limit_where_envoy_lets_them() {
    for (name, stop_iteration, length, trailers, expected, given_up) in [
        ("held", true, 1024, false, "1024", 0),
        ("too long", true, 1025, false, "unknown", 0),
        ("trailers", true, 10, true, "unknown", 0),
        ("not shown", false, 10, false, "unknown", 1),
    ] {
        let mut world = World::new(stop_iteration);
        let stream = world.send(message::with(&message::get("/"), "x-response", "hold"));
        let body = vec![b'x'; length];
        let (first, second) = body.split_at(5);
        let trailers = trailers.then(|| [("x-trailer", "1")].into_iter().collect());
        world.respond(stream, &[first, second], trailers);
        world.vm.run(Duration::from_millis(200));
        assert_eq!(
            world.client(stream, "x-length").as_deref(),
            Some(expected),
            "{name}"
        );
        assert_eq!(world.vm.client(stream).body, body, "{name}");
        assert_eq!(world.counter("hold_given_up"), given_up, "{name}");
    }
}
