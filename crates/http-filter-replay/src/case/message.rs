//! Messages, as cases have them.

use crate::text::{Text, lines};
use http_filter::{Headers, OneOrMany, Span, choice, document};
use serde_json::Value;
use std::collections::BTreeMap;

document! {
    /// A request; everything left out is ordinary.
    #[derive(Clone)]
    pub struct Request {
        /// The method.
        pub method ("method"): String = "GET".into(),
        /// The request target.
        pub path ("path"): String = "/".into(),
        /// The authority.
        pub authority ("authority"): String = "example.com".into(),
        /// Header fields: a name with a value, or with a list of lines.
        pub headers ("headers"): BTreeMap<String, OneOrMany<Text>>,
        /// The body.
        pub body ("body"): Option<Text>,
    }
}

document! {
    /// An upstream's response; everything left out is ordinary.
    #[derive(Clone)]
    pub struct Response {
        /// The status code.
        pub status ("status"): u16 = 200,
        /// Header fields: a name with a value, or with a list of lines.
        pub headers ("headers"): BTreeMap<String, OneOrMany<Text>>,
        /// The body, in one chunk or in several.
        pub body ("body"): OneOrMany<Text>,
    }
}

document! {
    /// What a cluster answers to a call of the filter's own.
    #[derive(Clone)]
    pub struct Answer {
        /// The HTTP status.
        pub status ("status", default "200"): Option<u16>,
        /// Header fields: a name with a value, or with a list of lines.
        pub headers ("headers"): BTreeMap<String, OneOrMany<Text>>,
        /// The body.
        pub body ("body"): Option<Text>,
        /// The body, as JSON.
        pub json ("json"): Option<Value>,
        /// The gRPC status, for a gRPC call.
        pub grpc_status ("grpc_status", default "0"): Option<u32>,
        /// There is no answer.
        pub failed ("failed"): Option<Failure>,
        /// How long the answer takes; a call times out when that is longer than its own time-out.
        pub delay ("delay"): Span,
    }
}

choice! {
    /// Why there is no answer.
    pub enum Failure {
        /// The cluster does not exist, or has no host.
        NotDispatched = "not_dispatched",
        /// The connection broke off.
        Reset = "reset",
    }
}

impl Request {
    /// The header snapshot that Envoy would give of it.
    pub fn to_headers(&self) -> Headers {
        let pseudo = [
            (":authority".to_owned(), self.authority.clone().into_bytes()),
            (":path".to_owned(), self.path.clone().into_bytes()),
            (":method".to_owned(), self.method.clone().into_bytes()),
            (":scheme".to_owned(), b"http".to_vec()),
        ];
        Headers::new(pseudo.into_iter().chain(lines(&self.headers)).collect())
            .with_end_of_stream(self.body.is_none())
    }
}

impl Response {
    /// The header snapshot that Envoy would give of it.
    pub fn to_headers(&self) -> Headers {
        let status = (":status".to_owned(), self.status.to_string().into_bytes());
        Headers::new(std::iter::once(status).chain(lines(&self.headers)).collect())
            .with_end_of_stream(self.body.is_empty())
    }
}
