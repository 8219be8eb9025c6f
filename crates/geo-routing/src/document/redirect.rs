//! A redirect, as it is written.

use http_filter::{Span, document, document::Shorthand};

document! {
    /// A redirect.
    pub(crate) struct RedirectDocument {
        /// Where to, with placeholders: `https://{country}.example.com{path}{query}`.
        pub(crate) to ("to", required "where to, such as \"https://{country}.example.com{path}{query}\""): String,
        /// 301, 302, 303, 307 or 308. By default 302 for GET and HEAD, and 307 for all else, so that a method never changes.
        pub(crate) status ("status"): Option<u16>,
        /// A cookie by which clients stay where they are; its value doesn't matter, unless it's empty or `0`.
        pub(crate) opt_out ("opt_out"): Option<String>,
        /// How long a client that was redirected and yet comes back is left alone. `0s` switches the guard and its cookie off.
        pub(crate) guard ("guard", default "10s"): Option<Span>,
    }
}

impl Shorthand for RedirectDocument {
    const EXPECTED: &'static str =
        "where to, such as \"https://{country}.example.com{path}{query}\", or an object with \"to\"";
    const SHORT_SCHEMA: &'static str = r#"{"type": "string"}"#;

    fn from_text(text: &str) -> Option<Self> {
        Some(Self {
            to: text.to_owned(),
            ..Self::default()
        })
    }
}
