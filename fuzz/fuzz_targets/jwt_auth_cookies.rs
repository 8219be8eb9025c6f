//! Whatever a Cookie field holds: no cookie of the token's name gets to the upstream, and every other one does.
#![no_main]

use http_fields::cookies;
use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use libfuzzer_sys::fuzz_target;
use std::{cell::RefCell, rc::Rc};

const CONFIG: &[u8] = br#"{
    "providers": {"corp": {
        "jwks": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]},
        "from": {"cookie": "s"}
    }},
    "rules": [{"optional": "even_invalid"}]
}"#;

thread_local! {
    static PLUGIN: RefCell<Option<Rc<Plugin<JwtAuth>>>> = const { RefCell::new(None) };
}

fn plugin() -> Rc<Plugin<JwtAuth>> {
    PLUGIN.with_borrow_mut(|plugin| {
        let compile = || Rc::new(Plugin::new(Some(CONFIG)).unwrap());
        Rc::clone(plugin.get_or_insert_with(compile))
    })
}

fn others(request: &Headers) -> Vec<(&[u8], &[u8])> {
    let others = cookies::all(request.all("cookie")).filter(|cookie| cookie.name != b"s");
    others.map(|cookie| (cookie.name, cookie.value)).collect()
}

fuzz_target!(|input: &[u8]| {
    let lines = input.split(|byte| *byte == b'\n').take(4).map(|line| ("cookie", line));
    let request: Headers = [(":method", &b"GET"[..]), (":path", b"/")].into_iter().chain(lines).collect();
    match plugin().stream().on_request_headers(&request, &FakeHost::default()) {
        Decision::Continue(changes) => {
            let upstream = request.mutated(&changes.mutation(&request));
            let tokens = cookies::all(upstream.all("cookie")).filter(|cookie| cookie.name == b"s" && !matches!(cookie.value, b"" | b"\"\""));
            assert_eq!(tokens.count(), 0, "a token passed");
            assert_eq!(others(&upstream), others(&request), "another cookie changed");
        }
        Decision::Reply(reply) => assert_eq!(reply.status, 400, "{reply:?}"),
        other => panic!("{other:?}"),
    }
});
