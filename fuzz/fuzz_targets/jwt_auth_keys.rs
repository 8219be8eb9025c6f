//! Whatever comes as configuration, or as the answer to a fetch: keys are prepared or left out.
#![no_main]

use http_filter::{CallResponse, FilterConfig, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;

const REMOTE: &[u8] = br#"{
    "providers": {"corp": {"jwks": {"uri": "https://a/b", "cluster": "idp"}}},
    "deny": {"list": {"uri": "https://a/c", "cluster": "idp"}}
}"#;
const TOKEN: &str = "Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6Im9uZSJ9.eyJhdWQiOiJvcmRlcnMiLCJleHAiOjQxMDI0NDQ4MDAsImlzcyI6Imh0dHBzOi8vaWRwLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UifQ.oL5ShRpcGKOTcSssb-ytipMLwqzfI5TixZ3WIAxgU6HIXfNCjCMPMvOosP12YyULdtVZ7Zxlu-8dchHCeR13bg";

fuzz_target!(|input: &[u8]| {
    let host = FakeHost::default();
    let request = || -> Headers { [(":method", "GET"), (":path", "/"), ("authorization", TOKEN)].into_iter().collect() };
    if let Ok(plugin) = Plugin::<JwtAuth>::new(Some(input)) {
        let _ = Rc::new(plugin).stream().on_request_headers(&request(), &host);
    }
    let plugin = Rc::new(Plugin::<JwtAuth>::new(Some(REMOTE)).unwrap());
    for (token, _) in plugin.config().on_tick(&host).calls {
        let response = CallResponse::Http {
            headers: [(":status", "200")].into_iter().collect(),
            body: input.to_vec(),
        };
        let _ = plugin.config().on_call_response(token, response, &host);
    }
    let _ = plugin.stream().on_request_headers(&request(), &host);
});
