//! The adapter in a real Envoy, shown by the probe (`integration/probe`): every seam, and every trap of the host.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::{
    envoy::Envoy,
    http::{Connection, Request, Response},
};
use integration::{Answer, Proxy, Upstream};
use serde_json::{Value, json};
use std::time::Duration;

struct World {
    envoy: Envoy,
    upstream: Upstream,
}

impl World {
    fn new(configuration: &Value, plugin: Value) -> Self {
        Self::with(Proxy::default().probe(configuration, plugin))
    }

    fn with(proxy: Proxy) -> Self {
        let upstream = Upstream::start();
        Self {
            envoy: proxy.start(&upstream),
            upstream,
        }
    }

    fn get(&self, path: &str) -> Response {
        self.send(&Request::get(path))
    }

    fn send(&self, request: &Request) -> Response {
        request.send(self.envoy.address()).unwrap()
    }

    /// What the upstream got of the request for `path`.
    fn upstream_header(&self, path: &str, name: &str) -> Option<String> {
        let received = self.upstream.received();
        let request = received
            .iter()
            .rev()
            .find(|request| request.headers.path() == path.as_bytes())?;
        request
            .headers
            .combined(name)
            .map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    fn counter(&self, name: &str) -> u64 {
        let stats = self
            .envoy
            .admin()
            .get(&format!("/stats?filter=wasmcustom.probe.{name}$"))
            .unwrap();
        stats
            .rsplit(' ')
            .next()
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or(0)
    }
}

#[test]
fn requests_go_on_wait_call_and_are_answered() {
    let world = World::new(&Value::Null, json!({}));
    for (name, path, header, expected) in [
        ("a plain request", "/", "x-probe", Some("seen")),
        ("a call is answered", "/call", "x-answer", Some("200 8")),
        (
            "a call to no cluster",
            "/call-missing",
            "x-answer",
            Some("the cluster is unknown or has no host"),
        ),
        ("a wait ends", "/wait/3", "x-woken", Some("3")),
        ("a value that would be two headers", "/inject", "x-injected", None),
        ("the second of them", "/inject", "x-second", None),
        ("the host judges a signature", "/verify", "x-verify", Some("bad")),
    ] {
        let response = world.send(&Request::get(path).header("x-probe", "forged"));
        assert_eq!(response.status, 200, "{name}: {}", response.text());
        assert_eq!(
            response.header("x-probe-response").as_deref(),
            Some("seen"),
            "{name}"
        );
        assert_eq!(world.upstream_header(path, header).as_deref(), expected, "{name}");
    }
    assert_eq!(world.counter("invalid_header_withheld"), 2);
}

#[test]
fn replies_are_problems_once() {
    let world = World::new(&Value::Null, json!({}));
    let response = world.get("/reply");
    assert_eq!(response.status, 418);
    assert_eq!(
        response.header("content-type").as_deref(),
        Some("application/problem+json")
    );
    assert_eq!(response.json()["type"], "urn:edge-filters:problem:teapot");
    assert_eq!(
        response.header("x-probe-response"),
        None,
        "its own reply comes back to the filter, which leaves it alone"
    );
    assert_eq!(world.counter("teapot"), 1);
    assert_eq!(world.counter("responses"), 0);

    let grpc = world.send(&Request::new("POST", "/reply").header("content-type", "application/grpc"));
    assert_eq!(
        (grpc.status, grpc.header("grpc-status").as_deref()),
        (200, Some("2"))
    );
    assert_eq!(grpc.header("grpc-message").as_deref(), Some("teapot"));
}

#[test]
fn a_request_that_an_earlier_filter_answers_is_not_shown() {
    let deny = json!({
        "name": "envoy.filters.http.rbac",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC", "rules": {"action": "ALLOW", "policies": {}}},
    });
    let world = World::with(Proxy::default().http_filter(deny).probe(&Value::Null, json!({})));
    let response = world.get("/");
    assert_eq!(
        (response.status, response.header("x-probe-response")),
        (403, None)
    );
    assert_eq!((world.counter("requests"), world.counter("responses")), (0, 0));
}

#[test]
fn routes_are_chosen_anew() {
    let second = Upstream::start();
    second.answer_with(Answer::text("the second"));
    let world = World::with(Proxy::default().probe(&Value::Null, json!({})).cluster(
        "second",
        second.address(),
        false,
    ));
    assert_eq!(world.get("/reroute").text(), "the second");
    assert_eq!(world.get("/").text(), "upstream");
}

#[test]
fn properties_reach_later_phases_and_access_logs() {
    let world = World::new(&Value::Null, json!({}));
    assert_eq!(
        world.get("/property").header("x-property").as_deref(),
        Some("published")
    );
}

#[test]
fn shared_numbers_lose_no_update() {
    let world = World::with(Proxy::default().probe(&Value::Null, json!({})).workers(2));
    const EACH: usize = 100;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut connection = Connection::open(world.envoy.address()).unwrap();
                for _ in 0..EACH {
                    assert_eq!(connection.send(&Request::get("/shared")).unwrap().status, 200);
                }
            });
        }
    });
    let mut seen: Vec<usize> = world
        .upstream
        .received()
        .iter()
        .map(|request| {
            String::from_utf8_lossy(request.headers.first("x-shared").unwrap())
                .parse()
                .unwrap()
        })
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=8 * EACH).collect::<Vec<_>>());
}

#[test]
fn bodies_are_rewritten_held_and_discarded() {
    let world = World::new(&Value::Null, json!({}));
    for (name, chunks, expected) in [
        ("no body", &[][..], ""),
        ("one chunk", &["abc"][..], "ABC!"),
        ("several", &["abc", "def", "g"][..], "ABCDEFG!"),
    ] {
        let body = chunks.iter().map(|chunk| chunk.as_bytes().to_vec()).collect();
        world.upstream.answer_with(Answer {
            body,
            pause: Duration::from_millis(5),
            ..Answer::default()
        });
        let rewritten = world.send(&Request::get("/").header("x-response", "rewrite"));
        assert_eq!(rewritten.text(), expected, "{name}: rewritten");
        let discarded = world.send(&Request::get("/").header("x-response", "discard"));
        assert_eq!(
            (discarded.status, discarded.body.len()),
            (304, 0),
            "{name}: discarded"
        );
    }
}

/// A 304 that carried a body, or announced one, would be taken for the next response's beginning.
#[test]
fn a_discarded_body_leaves_the_connection_usable() {
    let world = World::new(&Value::Null, json!({}));
    world.upstream.answer_with(Answer {
        body: vec![b"abc".repeat(50_000), b"def".to_vec()],
        ..Answer::default()
    });
    let mut connection = Connection::open(world.envoy.address()).unwrap();
    for _ in 0..3 {
        let discarded = connection
            .send(&Request::get("/").header("x-response", "discard"))
            .unwrap();
        assert_eq!(discarded.status, 304);
        assert_eq!(discarded.header("transfer-encoding"), None);
        assert_eq!(connection.send(&Request::get("/")).unwrap().body.len(), 150_003);
    }
}

#[test]
fn responses_are_held_where_envoy_is_set_to_allow_it() {
    let world = World::new(&Value::Null, json!({"allow_on_headers_stop_iteration": true}));
    for (name, size, pause, expected) in [
        ("one byte", 1, 0, "1"),
        ("small", 100, 0, "100"),
        ("slow", 100, 30, "100"),
        ("at the limit", 1024, 0, "1024"),
        ("beyond", 1025, 0, "unknown"),
        ("far beyond", 300_000, 0, "unknown"),
    ] {
        let body = vec![vec![b'x'; size / 2], vec![b'x'; size - size / 2]];
        world.upstream.answer_with(Answer {
            body,
            pause: Duration::from_millis(pause),
            ..Answer::default()
        });
        let held = world.send(&Request::get("/").header("x-response", "hold"));
        assert_eq!(
            (held.body.len(), held.header("x-length").as_deref()),
            (size, Some(expected)),
            "{name}"
        );
    }
    world.upstream.answer_with(Answer::default());
    let bodiless = world.send(&Request::get("/").header("x-response", "hold"));
    assert_eq!(
        (bodiless.status, bodiless.header("x-length")),
        (200, None),
        "nothing to hold: HEAD's would be a wrong length"
    );
    assert_eq!(world.counter("hold_given_up"), 0);
}

#[test]
fn a_hold_that_envoy_does_not_allow_is_given_up() {
    let world = World::new(&Value::Null, json!({}));
    let held = world.send(&Request::get("/").header("x-response", "hold"));
    assert_eq!(
        (held.text().as_str(), held.header("x-length").as_deref()),
        ("upstream", Some("unknown"))
    );
    assert!(held.elapsed < Duration::from_secs(2), "{:?}", held.elapsed);
    assert_eq!(world.counter("hold_given_up"), 1);
}

#[test]
fn a_held_request_keeps_its_body_back() {
    for flag in [false, true] {
        let world = World::new(&Value::Null, json!({"allow_on_headers_stop_iteration": flag}));
        let mut request = Request::new("POST", "/wait/3");
        request.body = b"body".repeat(10_000);
        assert_eq!(world.send(&request).status, 200, "flag {flag}");
        let received = world.upstream.received();
        assert_eq!(
            received[0].headers.first("x-woken"),
            Some(&b"3"[..]),
            "flag {flag}: released too early"
        );
        assert_eq!(received[0].body.len(), 40_000, "flag {flag}");
    }
}

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
fn one_lease_is_held_at_a_time_though_every_worker_ticks() {
    let world = World::with(
        Proxy::default()
            .probe(&json!({"tick": true}), json!({}))
            .workers(2),
    );
    std::thread::sleep(Duration::from_secs(2));
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
