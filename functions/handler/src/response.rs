//! A response as a value.

use std::time::Duration;

use serde_json::Value;

/// What a runtime's adapter sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header lines, names in lower case. `content-length` is among them whenever the length of the content is known.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub body: Body,
}

/// The content of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// All at once.
    Whole(Vec<u8>),
    /// Piece by piece, with a pause before each but the first.
    Paced {
        /// The pieces.
        chunks: Vec<String>,
        /// The pause between two of them.
        pause: Duration,
    },
}

impl Response {
    /// Content of a media type, with its length.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let headers = vec![
            ("content-type", content_type.to_owned()),
            ("content-length", body.len().to_string()),
        ];
        Self {
            status,
            headers,
            body: Body::Whole(body),
        }
    }

    /// 200 with JSON that nobody shall keep.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::new(200, "application/json", value.to_string()).header("cache-control", "no-store")
    }

    /// A response that has no content by definition of its status, so no length either (RFC 9110 §8.6).
    #[must_use]
    pub fn without_content(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Whole(Vec::new()),
        }
    }

    /// Adds a line; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer to HEAD. The length goes too: some hosts check it against the content that is sent.
    pub(crate) fn head_only(mut self) -> Self {
        self.headers.retain(|(name, _)| *name != "content-length");
        self.body = Body::Whole(Vec::new());
        self
    }
}
