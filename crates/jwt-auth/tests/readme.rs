//! Every example of the README is a configuration that works.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use std::rc::Rc;

#[test]
fn examples_compile_and_ask_for_tokens() {
    let readme = include_str!("../README.md");
    let examples = http_filter_test::yaml_examples(readme);
    assert!(examples.len() >= 6, "{}", examples.len());
    for example in examples {
        let document: serde_json::Value = serde_yaml_ng::from_str(example).unwrap();
        let plugin = Plugin::<JwtAuth>::new(Some(document.to_string().as_bytes()))
            .unwrap_or_else(|error| panic!("{error}\n{example}"));
        let request: Headers = [(":method", "GET"), (":path", "/orders/1"), (":authority", "a")]
            .into_iter()
            .collect();
        let decision = Rc::new(plugin)
            .stream()
            .on_request_headers(request, &FakeHost::default());
        let Decision::Reply(reply) = decision else {
            panic!("{decision:?}\n{example}")
        };
        assert_eq!(reply.details, "token_missing", "{example}");
    }
}
