//! Who may read what a filter has found out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_suite::EdgeSuite;
use http_filter::{Decision, FilterConfig, Headers, Plugin, property};
use http_filter_replay::SimulatedHost;
use jwt_auth::JwtAuth;
use serde_json::{Value, json};
use std::{rc::Rc, time::Duration};

/// Of RFC 7515, appendix A.3, a second before it expires.
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const NOW: Duration = Duration::from_secs(1_300_819_379);

fn jwt_auth(publish: &str) -> Value {
    let key = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    json!({"publish": publish, "providers": {"joe": {"issuer": "joe", "jwks": {"keys": [key]}}}})
}

/// What is published of a request with the token, and what only the filters behind may read.
fn said_of<C: FilterConfig>(document: Value) -> [Vec<&'static str>; 2] {
    let host = SimulatedHost::default();
    host.set_now(NOW);
    let plugin = Rc::new(Plugin::<C>::of(document).unwrap());
    let bearer = ["Bearer ", TOKEN].concat();
    let request: Headers = [(":method", "GET"), (":path", "/"), ("authorization", &bearer)]
        .into_iter()
        .collect();
    match plugin.stream().on_request_headers(&request, &host) {
        Decision::Continue(changes) => [changes.properties, changes.passed_on]
            .map(|said| said.into_iter().map(|(name, _)| name).collect()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_for_filters_alone_reaches_them_and_nobody_else() {
    // Without the claim the request would be refused.
    let limit = json!({"policies": {"a": {"key": {"claim": "iss"}, "missing": "refuse", "requests": 1, "per": "1m"}}});
    for (publish, alone, in_suite) in [
        (
            "everybody",
            [vec![property::CLAIMS], vec![]],
            [vec![property::CLAIMS], vec![]],
        ),
        ("filters", [vec![], vec![property::CLAIMS]], [vec![], vec![]]),
    ] {
        assert_eq!(said_of::<JwtAuth>(jwt_auth(publish)), alone, "{publish}");
        let suite = json!({"jwt_auth": jwt_auth(publish), "rate_limit": limit});
        assert_eq!(said_of::<EdgeSuite>(suite), in_suite, "{publish}");
    }
}
