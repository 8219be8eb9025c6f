//! The policy of `docs/tutorial.md` in a real Envoy: what the page's last commands show.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests, with a real Envoy that runs on the real clock"
)]

use edge_demo::{envoy::Envoy, http::Request};
use edge_filters::jwt::{PrivateKey, mint};
use integration::module;
use serde_json::json;
use std::time::SystemTime;

/// What stands in the block of the page that is this file.
fn file(page: &str, name: &str) -> String {
    let fence = page.split("```").find_map(|block| {
        let (info, body) = block.split_once('\n')?;
        (info.split(' ').nth(1) == Some(name)).then(|| body.to_owned())
    });
    fence.unwrap_or_else(|| panic!("the page has no {name}"))
}

#[test]
fn the_policy_is_shipped() {
    let page = std::fs::read_to_string(module::workspace().join("docs/tutorial.md")).unwrap();
    let envoy = Envoy::start(&file(&page, "envoy.yaml")).unwrap_or_else(|error| panic!("{error}"));
    let key = PrivateKey::parse(&serde_json::from_str(&file(&page, "key.json")).unwrap()).unwrap();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let claims =
        json!({"iss": "https://idp.example.com", "sub": "alice", "scope": "orders.write", "exp": now + 60});
    let token = mint(&key, &serde_json::Map::new(), claims.as_object().unwrap()).unwrap();
    let order = Request::new("POST", "/orders").header("content-length", "0");
    let authorized = order.clone().header("authorization", format!("Bearer {token}"));
    for (name, request, status) in [
        ("no token", order, 401),
        ("a token with the scope", authorized, 200),
        ("no order", Request::get("/"), 200),
    ] {
        assert_eq!(request.send(envoy.address()).unwrap().status, status, "{name}");
    }
    let statuses: Vec<_> = (0..4)
        .map(|_| Request::get("/").send(envoy.address()).unwrap().status)
        .collect();
    assert_eq!(statuses, [200, 200, 200, 429], "five in all, then none");
}
