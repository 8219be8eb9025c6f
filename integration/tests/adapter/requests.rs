//! Requests: they go on, wait, call out, are answered, and find another route; what they leave behind is found later.

use super::world::World;
use edge_demo::http::{Connection, Request};
use integration::{Answer, FilterHost, Proxy, Upstream};
use serde_json::{Value, json};

#[test]
fn requests_go_on_wait_call_and_are_answered() {
    let world = World::new(&Value::Null, json!({}));
    // Envoy's function says no to a key that is none; ours leaves it to the filter.
    let judged = match FilterHost::chosen() {
        FilterHost::Wasm => "bad",
        FilterHost::Native => "none",
    };
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
        ("the host judges a signature", "/verify", "x-verify", Some(judged)),
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
