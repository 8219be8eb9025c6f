//! A real Envoy in a container: the image that users run, with the modules copied in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::http::Request;
use integration::{EnvoyContainer, Proxy, Upstream, docker, replay_in_container};
use serde_json::json;

fn replay(filter: &str) {
    if docker::available("envoy") {
        replay_in_container(filter);
    }
}

#[test]
fn jwt_auth() {
    replay("jwt-auth");
}

#[test]
fn rate_limit() {
    replay("rate-limit");
}

#[test]
fn geo_routing() {
    replay("geo-routing");
}

#[test]
fn cache_headers() {
    replay("cache-headers");
}

#[test]
fn compression_negotiation() {
    replay("compression-negotiation");
}

#[test]
fn two_envoys_count_by_themselves() {
    if !docker::available("envoy") {
        return;
    }
    let upstream = Upstream::for_containers();
    let limit =
        json!({"policies": {"site": {"key": [], "requests": 1, "per": "1h"}}, "rules": [{"limit": "site"}]});
    let configuration = Proxy::default()
        .filter("rate-limit", &limit)
        .configuration(&upstream);
    let (first, second) = (
        EnvoyContainer::start(&configuration),
        EnvoyContainer::start(&configuration),
    );
    let status = |envoy: &EnvoyContainer| Request::get("/").send(envoy.address()).unwrap().status;
    assert_eq!(
        [status(&first), status(&first)],
        [200, 429],
        "the limit of the first"
    );
    assert_eq!(
        [status(&second), status(&second)],
        [200, 429],
        "the second has a limit of its own"
    );
    drop(first);
    assert_eq!(status(&second), 429, "the second outlives the first");
    assert_eq!(upstream.received().len(), 2);
}

#[test]
fn a_refused_configuration_ends_the_container_with_the_fields_path() {
    if !docker::available("envoy") {
        return;
    }
    let wrong = json!({"policies": {"site": {"requests": "many"}}});
    let configuration = Proxy::default()
        .filter("rate-limit", &wrong)
        .configuration(&Upstream::for_containers());
    let Err(error) = EnvoyContainer::try_start(&configuration) else {
        panic!("accepted");
    };
    assert!(error.contains("policies.site.requests"), "{error}");
}

#[test]
fn a_container_goes_with_its_guard_and_carries_the_label() {
    if !docker::available("envoy") {
        return;
    }
    let configuration = Proxy::default().configuration(&Upstream::for_containers());
    let envoy = EnvoyContainer::start(&configuration);
    let id = envoy.id().to_owned();
    let found = || {
        docker::labelled()
            .into_iter()
            .find(|(container, _)| id.starts_with(container.as_str()))
    };
    assert_eq!(found().unwrap().1, std::process::id().to_string());
    drop(envoy);
    assert_eq!(found(), None);
}
