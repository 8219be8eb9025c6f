//! A refusal, as it is written.

use http_filter::{document, document::Shorthand};

document! {
    /// A refusal.
    pub(crate) struct BlockDocument {
        /// The status: 403, 404, 410 or 451. 451 (RFC 7725) is for legal demands.
        pub(crate) status ("status", default "403"): Option<u16>,
        /// What people read first.
        pub(crate) title ("title"): Option<String>,
        /// What people read next.
        pub(crate) detail ("detail"): Option<String>,
        /// For 451: who demands it, as a link (`Link: <…>; rel="blocked-by"`, RFC 7725 §4).
        pub(crate) blocked_by ("blocked_by"): Option<String>,
    }
}

impl Shorthand for BlockDocument {
    const EXPECTED: &'static str = "a status (403, 404, 410, 451), or an object with \"status\"";
    const SHORT_SCHEMA: &'static str = r#"{"enum": [403, 404, 410, 451]}"#;

    fn from_number(number: u64) -> Option<Self> {
        Some(Self {
            status: Some(u16::try_from(number).ok()?),
            ..Self::default()
        })
    }
}
