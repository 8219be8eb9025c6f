//! Whatever stands where tokens, cookies, parameters and proofs stand: nobody gets through who has no token.
#![no_main]

use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use libfuzzer_sys::fuzz_target;
use std::{rc::Rc, sync::LazyLock};

static CONFIG: LazyLock<String> = LazyLock::new(|| {
    serde_json::json!({
        "providers": {"corp": {
            "jwks": {"keys": [
                {"kty": "EC", "crv": "P-256", "x": "b_A7lJJBzh2t1DUZ5pYOCoW0GmmgXDKBA6orzhWUyhY", "y": "PE91OlW_AdxT9sCwx-7ni0DG_30lqW4igrmJzvccFEo"},
                {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            ]},
            "from": [{"header": "authorization", "scheme": "Bearer"}, {"header": "x-token"}, {"cookie": "session"}, {"query": "access_token"}],
            "headers": {"x-user": "sub"},
        }},
        "rules": [{"match": {"path": "/public/*"}, "allow": "anyone"}, {"require": "corp"}],
    })
    .to_string()
});
const NAMES: [&str; 7] = ["authorization", "x-token", "cookie", ":path", "dpop", "origin", "x-user"];

fuzz_target!(|input: &[u8]| {
    let plugin = Rc::new(Plugin::<JwtAuth>::new(Some(CONFIG.as_bytes())).unwrap());
    let lines = input.split(|byte| *byte == b'\n').take(8).filter_map(|line| {
        let (name, value) = line.split_first()?;
        Some((NAMES[usize::from(*name) % NAMES.len()], value))
    });
    let request: Headers = [(":method", &b"GET"[..]), (":authority", b"a.b")].into_iter().chain(lines).collect();
    match plugin.stream().on_request_headers(&request, &FakeHost::default()) {
        Decision::Continue(changes) => {
            assert!(request.path().starts_with(b"/public/"), "passed without a token");
            assert!(!request.mutated(&changes.mutation(&request)).contains("x-user"), "a forged header passed");
        }
        Decision::Reply(reply) => assert!(matches!(reply.status, 400 | 401), "{reply:?}"),
        other => panic!("{other:?}"),
    }
});
