//! What only the native module has: Envoy's own configuration by route, and publication as dynamic metadata.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::{
    envoy::{Envoy, validate},
    http::{Request, Response},
};
use integration::{Proxy, Upstream, bootstrap, module};
use serde_json::{Value, json};
use std::fs;

/// An Envoy whose routes below `/route` say something of `filter`.
fn start(
    filter: &str,
    configuration: &Value,
    by_route: &Value,
) -> Result<(Envoy, Upstream), edge_demo::Error> {
    let proxy = Proxy::default()
        .native(filter, configuration)
        .request_header("x-country", "%DYNAMIC_METADATA(edge_filters.geo:country)%")
        .request_header("x-eu", "%DYNAMIC_METADATA(edge_filters.geo:eu)%");
    let mut listener = proxy.listener("main");
    let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
    manager["http_filters"][0]["name"] = json!("edge");
    let routes = manager["route_config"]["virtual_hosts"][0]["routes"]
        .as_array_mut()
        .unwrap();
    let mut route = routes[1].clone();
    route["match"] = json!({"prefix": "/route"});
    route["typed_per_filter_config"] = json!({"edge": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute",
        "dynamic_module_config": {"module": {"local": {"filename": module::native()}}, "do_not_close": true},
        "filter_name": filter,
        "filter_config": {"@type": "type.googleapis.com/google.protobuf.Struct", "value": by_route},
    }});
    routes.insert(0, route);
    let upstream = Upstream::start();
    let envoy = Envoy::start(&bootstrap(vec![listener], proxy.all_clusters(&upstream)).to_string())?;
    Ok((envoy, upstream))
}

fn get(envoy: &Envoy, path: &str, client: &str) -> Response {
    let request = Request::get(path).header("x-forwarded-for", client);
    request.send(envoy.address()).unwrap()
}

#[test]
fn shipped_configurations_are_accepted() {
    let mut seen = 0;
    for entry in fs::read_dir(module::workspace().join("envoy/native")).unwrap() {
        let path = entry.unwrap().path();
        let yaml = fs::read_to_string(&path).unwrap();
        validate(&yaml).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn envoys_own_configuration_by_route_is_merged() {
    let policy = |requests: u32| json!({"policies": {"p": {"requests": requests, "per": "1h"}}});
    for (filter, configuration, by_route) in [
        ("rate-limit@alone", policy(3), policy(1)),
        (
            "edge-suite@suite",
            json!({"rate_limit": policy(3)}),
            json!({"rate_limit": policy(1)}),
        ),
    ] {
        let (envoy, _upstream) = start(filter, &configuration, &by_route).unwrap();
        let statuses = |path: &str, client: &str| [(); 4].map(|()| get(&envoy, path, client).status);
        assert_eq!(statuses("/", "192.0.2.1"), [200, 200, 200, 429], "{filter}");
        assert_eq!(statuses("/route", "192.0.2.2"), [200, 429, 429, 429], "{filter}");
    }
}

#[test]
fn a_wrong_configuration_by_route_is_refused_or_fails_closed() {
    let limits = json!({"policies": {"p": {"requests": 3, "per": "1h"}}});
    for (name, filter, by_route, expected) in [
        ("no object", "rate-limit", json!([1]), "expected"),
        (
            "a section of no filter",
            "edge-suite",
            json!({"jwt": {}}),
            "jwt: found an unknown section, expected one of jwt_auth, rate_limit",
        ),
    ] {
        let configuration = match filter {
            "edge-suite" => json!({"rate_limit": limits}),
            _ => limits.clone(),
        };
        if name == "no object" {
            // A Struct can't hold it: Envoy itself says so.
            assert!(start(filter, &configuration, &by_route).is_err(), "{name}");
            continue;
        }
        let error = start(filter, &configuration, &by_route)
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
    // What it's merged into is known when the route is taken: jwt-auth lets nobody pass then, rate-limit everybody.
    let anyone = json!({
        "providers": {"corp": {"issuer": "https://idp.example", "jwks": {"uri": "http://idp/keys", "cluster": "upstream"}}},
        "rules": [{"allow": "anyone"}],
    });
    for (filter, configuration, by_route, status, expected) in [
        (
            "jwt-auth",
            anyone,
            json!({"rule": []}),
            500,
            "rule: found an unknown field",
        ),
        (
            "rate-limit",
            limits,
            json!({"polices": {}}),
            200,
            "polices: found an unknown field",
        ),
    ] {
        let (envoy, _upstream) = start(filter, &configuration, &by_route).unwrap();
        assert_eq!(get(&envoy, "/", "192.0.2.1").status, 200, "{filter}");
        assert_eq!(get(&envoy, "/route", "192.0.2.1").status, status, "{filter}");
        let log = envoy.log();
        assert!(log.contains(expected), "{filter}: {log}");
    }
}

#[test]
fn what_is_found_is_dynamic_metadata() {
    let configuration = json!({
        "client": [{"header": "x-country-of-client", "trust": {"peers": ["127.0.0.1/32"]}}],
        "rules": [{"when": {"country": "KP"}, "block": 451}],
    });
    let (envoy, upstream) = start("geo-routing", &configuration, &json!({})).unwrap();
    let request = Request::get("/").header("x-country-of-client", "DE");
    assert_eq!(request.send(envoy.address()).unwrap().status, 200);
    let received = upstream.received().pop().unwrap();
    assert_eq!(received.headers.first("x-country"), Some(&b"DE"[..]));
    assert_eq!(received.headers.first("x-eu"), Some(&b"true"[..]));
}
