//! Requests with tokens that are bound to a key.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use crate::common;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_filter::{Decision, Headers, Host, LocalReply, Plugin};
use http_filter_test::FakeHost;
use jwt_auth::JwtAuth;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::rc::Rc;

pub const NOW: u64 = 1_800_000_000;

/// A token bound to a client's key, and a filter that checks it.
pub struct World {
    pub plugin: Rc<Plugin<JwtAuth>>,
    pub host: FakeHost,
    pub client: SigningKey,
    pub token: String,
}

impl World {
    pub fn new(dpop: Value) -> Self {
        let (issuer, client) = (common::es256(1), common::es256(9));
        let document =
            json!({"providers": {"corp": {"jwks": {"keys": [common::jwk(&issuer, None)]}, "dpop": dpop}}});
        let claims = json!({"exp": NOW + 3600, "cnf": {"jkt": thumbprint(&client)}});
        Self {
            plugin: Rc::new(Plugin::new(Some(document.to_string().as_bytes())).unwrap()),
            host: FakeHost::default(),
            token: common::token(&issuer, json!({}), &claims),
            client,
        }
    }

    /// The time of the host's clock, in seconds.
    pub fn host_seconds(&self) -> u64 {
        self.host.now().as_secs()
    }

    pub fn claims(&self) -> Value {
        json!({
            "jti": "1", "htm": "POST", "htu": "https://api.example.com/orders", "iat": NOW,
            "ath": URL_SAFE_NO_PAD.encode(Sha256::digest(&self.token)),
        })
    }

    pub fn header(&self) -> Value {
        json!({"typ": "dpop+jwt", "jwk": common::jwk(&self.client, None)})
    }

    /// What becomes of a request with these proofs: the refusal's slug, or `None`.
    pub fn send(&self, scheme: &str, proofs: &[&str]) -> Option<String> {
        self.ask(scheme, proofs).map(|reply| reply.details.into_owned())
    }

    /// What a request with these proofs is answered with, if it's refused.
    pub fn ask(&self, scheme: &str, proofs: &[&str]) -> Option<LocalReply> {
        let authorization = format!("{scheme} {}", self.token);
        let mut fields = vec![
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", "api.example.com"),
            (":path", "/orders?page=2"),
            ("authorization", &authorization),
        ];
        fields.extend(proofs.iter().map(|proof| ("dpop", *proof)));
        let request: Headers = fields.into_iter().collect();
        match self.plugin.stream().on_request_headers(&request, &self.host) {
            Decision::Continue(changes) => {
                let upstream = request.mutated(&changes.mutation(&request));
                assert!(!upstream.contains("dpop") && !upstream.contains("authorization"));
                None
            }
            Decision::Reply(reply) => Some(reply),
            other => panic!("{other:?}"),
        }
    }
}

fn thumbprint(key: &SigningKey) -> String {
    let jwk = common::jwk(key, None);
    let members = format!(
        r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
        jwk["x"], jwk["y"]
    );
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}
