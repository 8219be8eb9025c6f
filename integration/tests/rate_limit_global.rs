//! rate-limit with a service for all proxies, in a real Envoy: the service as it should be, and as services are.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::{
    envoy::Envoy,
    http::{Request, Response},
};
use integration::{
    Door, Proxy, Upstream, eventually, load,
    rate_limit_service::{Answering, RateLimitService, ok, over_limit},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

struct World {
    envoy: Envoy,
    upstream: Upstream,
}

impl World {
    /// One policy of three requests an hour, counted by the service at `address` where it answers within 200 ms.
    fn new(address: SocketAddr, workers: usize, global: Value) -> Self {
        let mut service = json!({"cluster": "ratelimit", "domain": "edge", "timeout": "200ms"});
        service
            .as_object_mut()
            .unwrap()
            .extend(global.as_object().cloned().unwrap());
        let configuration = json!({
            "policies": {"each": {"key": {"header": "x-key"}, "requests": 3, "per": "1h"}},
            "global": service,
        });
        let upstream = Upstream::start();
        let envoy = Proxy::default()
            .filter("rate-limit", &configuration)
            .cluster("ratelimit", address, true)
            .workers(workers)
            .start(&upstream);
        Self { envoy, upstream }
    }

    /// Sends a request; however the service does, it waits little longer than the timeout.
    #[track_caller]
    fn get(&self, key: &str) -> Response {
        let response = Request::get("/")
            .header("x-key", key)
            .send(self.envoy.address())
            .unwrap();
        assert!(
            response.elapsed < Duration::from_millis(200) + SLACK,
            "a request took {:?}",
            response.elapsed
        );
        response
    }

    #[track_caller]
    fn statuses(&self, key: &str, requests: usize) -> Vec<u16> {
        (0..requests).map(|_| self.get(key).status).collect()
    }

    fn counters(&self) -> BTreeMap<String, u64> {
        let counters = self.envoy.admin().filter_counters().unwrap();
        counters
            .into_iter()
            .filter_map(|(name, count)| Some((name.strip_prefix("rate_limit.")?.to_owned(), count)))
            .collect()
    }

    #[track_caller]
    fn assert_counter(&self, name: &str, expected: u64) {
        let counters = self.counters();
        assert_eq!(
            counters.get(name).copied().unwrap_or_default(),
            expected,
            "{name}: {counters:?}"
        );
    }
}

/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(2);

#[test]
fn the_trace_goes_on_to_the_service() {
    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let service = RateLimitService::start();
    let world = World::new(service.address(), 1, json!({}));
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], [Option<&'a str>; 2]);
    let rows: [Row; 3] = [
        ("none", &[], [None, None]),
        (
            "a trace",
            &[("traceparent", PARENT), ("tracestate", "a=b")],
            [Some(PARENT), Some("a=b")],
        ),
        (
            "too long a state",
            &[("traceparent", PARENT), ("tracestate", &"a".repeat(513))],
            [Some(PARENT), None],
        ),
    ];
    for (name, fields, expected) in rows {
        let mut request = Request::get("/").header("x-key", name);
        for (field, value) in fields {
            request = request.header(field, value);
        }
        assert_eq!(request.send(world.envoy.address()).unwrap().status, 200, "{name}");
        let metadata = service.metadata();
        let found = ["traceparent", "tracestate"]
            .map(|field| metadata.get(field).map(|value| value.to_str().unwrap()));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn the_services_word_is_taken_and_its_fields_too() {
    let service = RateLimitService::start();
    let world = World::new(service.address(), 1, json!({}));
    let passed = world.get("a");
    assert_eq!(passed.status, 200);
    assert_eq!(passed.header("x-from-service").as_deref(), Some("room"));
    let received = world.upstream.received();
    assert_eq!(received[0].headers.first("x-to-upstream"), Some(&b"room"[..]));
    // The service decides, not the policy's own quota of three.
    assert_eq!(world.statuses("a", 5), [200; 5]);
    world.assert_counter("service_ok", 6);

    service.answer_with(Answering::Message(over_limit()));
    let refused = world.get("a");
    assert_eq!(
        (refused.status, refused.text().as_str()),
        (429, "the service says no")
    );
    assert_eq!(refused.header("x-from-service").as_deref(), Some("none"));
    assert_eq!(
        refused.header("ratelimit-policy").as_deref(),
        Some("\"each\";q=10;w=60")
    );
    assert_eq!(refused.header("ratelimit").as_deref(), Some("\"each\";r=0;t=30"));
    let retry: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((30..=36).contains(&retry), "{retry}");

    // Until the reset that it stated nobody asks again, for this client.
    let questions = service.questions();
    assert_eq!(world.statuses("a", 5), [429; 5]);
    assert_eq!(service.questions(), questions);
    world.assert_counter("service_cached", 5);
    world.assert_counter("service_over_limit", 1);
    service.answer_with(Answering::Message(ok()));
    assert_eq!(world.get("b").status, 200, "another client is asked for");
    assert_eq!(service.questions(), questions + 1);
}

#[test]
fn a_service_that_fails_leaves_it_to_the_fallback() {
    let slow = Answering::Late(ok(), Duration::from_secs(3));
    let large = [&b"\x2a\xa0\x8d\x06"[..], &[b'x'; 100_000]].concat();
    for (name, answering, counter, on_failure) in [
        ("slow", slow.clone(), "service_timeout", "local"),
        ("slow", slow.clone(), "service_timeout", "allow"),
        ("slow", slow, "service_timeout", "deny"),
        (
            "nonsense",
            Answering::Message(b"<html>".to_vec()),
            "service_invalid",
            "local",
        ),
        (
            "no verdict",
            Answering::Message(Vec::new()),
            "service_invalid",
            "allow",
        ),
        ("100 KB", Answering::Message(large), "service_invalid", "deny"),
        (
            "an internal error",
            Answering::Status(13),
            "service_error",
            "local",
        ),
    ] {
        let service = RateLimitService::start();
        service.answer_with(answering);
        let world = World::new(
            service.address(),
            1,
            json!({"on_failure": on_failure, "failures": 0}),
        );
        let expected = match on_failure {
            "local" => [200, 200, 200, 429, 429],
            "allow" => [200; 5],
            _ => [503; 5],
        };
        assert_eq!(world.statuses("a", 5), expected, "{name}, {on_failure}");
        world.assert_counter(counter, 5);
        world.assert_counter(&format!("fallback_{on_failure}"), 5);
        world.assert_counter("service_ok", 0);
        if on_failure == "deny" {
            let refused = world.get("a");
            assert!(refused.header("retry-after").is_some(), "{name}: {refused:?}");
            world.assert_counter("service_unavailable", 6);
        }
    }
}

#[test]
fn a_service_that_goes_and_returns() {
    let service = RateLimitService::start();
    let mut door = Door::closed_to(service.address());
    let world = World::new(door.address(), 1, json!({"pause": "500ms"}));
    assert_eq!(
        world.statuses("a", 4),
        [200, 200, 200, 429],
        "down at start: its own quota"
    );
    assert_eq!(world.statuses("b", 4), [200, 200, 200, 429], "of each client");
    world.assert_counter("fallback_local", 8);
    let counters = world.counters();
    assert!(
        counters["service_paused"] > 0,
        "after five failures nobody asks for a while: {counters:?}"
    );
    // Envoy tells a refused connection as an answer of the service's: UNAVAILABLE.
    assert!(counters["service_error"] >= 5, "{counters:?}");

    let asked_again = |world: &World| {
        eventually(Duration::from_secs(10), || {
            world.get("a").header("x-from-service").as_deref() == Some("room")
        })
    };
    door.open();
    assert!(asked_again(&world), "it's up: {:?}", world.counters());
    assert_eq!(world.statuses("a", 5), [200; 5], "and decides");

    door.close();
    let failed = world.counters()["fallback_local"];
    let status = world.get("c").status;
    assert_eq!(status, 200, "restarting");
    assert!(
        world.counters()["fallback_local"] > failed,
        "{:?}",
        world.counters()
    );
    door.open();
    assert!(asked_again(&world), "it's restarted: {:?}", world.counters());
}

#[test]
fn a_slow_service_is_left_alone() {
    let service = RateLimitService::start();
    service.answer_with(Answering::Late(ok(), Duration::from_secs(5)));
    let world = World::new(
        service.address(),
        1,
        json!({"on_failure": "allow", "pause": "30s"}),
    );
    assert_eq!(world.statuses("a", 40), [200; 40]);
    world.assert_counter("service_timeout", 5);
    world.assert_counter("service_paused", 35);
    world.assert_counter("fallback_allow", 40);
    assert_eq!(service.questions(), 5);
}

#[test]
fn two_envoys_hold_one_limit() {
    const LIMIT: usize = 500;
    let service = RateLimitService::start();
    service.answer_with(Answering::Limit(LIMIT as u64));
    // A refusal is remembered by the Envoy that heard it. No timeout may let the local quota decide here.
    let global = json!({"timeout": "10s"});
    let worlds = [(); 2].map(|()| World::new(service.address(), 2, global.clone()));
    let connections = vec![vec![load::get("x-key", "hot"); 100]; 6];
    let served: usize = std::thread::scope(|scope| {
        let loads = worlds.each_ref().map(|world| {
            let address = world.envoy.address();
            let connections = &connections;
            scope.spawn(move || load::send(address, connections))
        });
        let replies = loads.into_iter().flat_map(|load| load.join().unwrap());
        replies.flatten().filter(|reply| reply.status == 200).count()
    });
    assert_eq!(served, LIMIT);
    for world in &worlds {
        let counters = world.counters();
        assert!(counters["service_ok"] > 0, "{counters:?}");
        let timeouts = counters.get("service_timeout").copied().unwrap_or_default();
        assert_eq!(timeouts, 0, "{counters:?}");
        assert!(counters["service_cached"] > 0, "{counters:?}");
    }
}
