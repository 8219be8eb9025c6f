use crate::{Bytes, FieldName, Headers};
use std::borrow::Cow;

/// An answer in the upstream's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply {
    /// The HTTP status code.
    pub status: u16,
    /// The gRPC status code that a gRPC client gets in its place; `None` maps the HTTP status as Envoy does.
    pub grpc_status: Option<u32>,
    /// Header fields besides length; names lower case.
    pub headers: Vec<(FieldName, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// A stable slug: why the filter answered. Also the counter, the log word and the problem type's last part; access
    /// logs read it as [published](crate::property::DETAILS).
    pub details: Cow<'static, str>,
    /// What access logs may read of the request all the same, as in [`Changes`](crate::Changes).
    pub properties: Vec<(&'static str, Bytes)>,
}

impl LocalReply {
    /// A reply without body or headers.
    pub fn new(status: u16, details: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            grpc_status: None,
            headers: Vec::new(),
            body: Vec::new(),
            details: details.into(),
            properties: Vec::new(),
        }
    }

    /// Adds a header field (lower-case name).
    #[must_use]
    pub fn header(mut self, name: impl Into<FieldName>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the gRPC status code for gRPC clients.
    #[must_use]
    pub fn grpc_status(mut self, status: u32) -> Self {
        self.grpc_status = Some(status);
        self
    }

    /// The reply's header as filters get to see it on its way back: the status as `:status`, then the fields.
    pub fn to_headers(&self) -> Headers {
        let status = (":status".to_owned(), self.status.to_string().into_bytes());
        let fields = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.clone().into_bytes()));
        Headers::new(std::iter::once(status).chain(fields).collect())
    }

    /// The gRPC status code for a gRPC client: the one set, else the HTTP status mapped as Envoy and the gRPC
    /// specification's `http-grpc-status-mapping` do.
    pub fn grpc_status_code(&self) -> u32 {
        self.grpc_status.unwrap_or(match self.status {
            400 => 13,
            401 => 16,
            403 => 7,
            404 => 12,
            429 | 502 | 503 | 504 => 14,
            _ => 2,
        })
    }
}
