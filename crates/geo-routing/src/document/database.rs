//! A database, as it is written.

use crate::document::condition::CountryCode;
use http_filter::{
    ByteSize, FieldName, OneOrMany, Span, choice, document,
    document::{Pairs, Shorthand},
};

document! {
    /// A database: `embedded`, or one to fetch, or one written right here.
    pub(crate) struct DatabaseDocument {
        /// The one that was built into this module.
        pub(crate) embedded ("embedded"): bool,
        /// A small one, in base64.
        pub(crate) inline ("inline"): Option<String>,
        /// The Envoy cluster to fetch it from.
        pub(crate) cluster ("cluster"): Option<String>,
        /// The path to fetch, beginning with `/`.
        pub(crate) path ("path"): Option<String>,
        /// The authority to ask for; the cluster's name by default.
        pub(crate) authority ("authority"): Option<String>,
        /// How often to look for a newer one.
        pub(crate) refresh ("refresh", default "1h"): Option<Span>,
        /// How long an answer may take.
        pub(crate) timeout ("timeout", default "30s"): Option<Span>,
        /// The largest to take. Envoy buffers 32 MiB at most.
        pub(crate) max_size ("max_size", default "24MiB"): Option<ByteSize>,
        /// The SHA-256 that it must have, in hexadecimal.
        pub(crate) sha256 ("sha256"): Option<String>,
        /// Where its SHA-256 stands: a file as `sha256sum` writes it, fetched first. Nothing more is fetched while it stays the same.
        pub(crate) sha256_path ("sha256_path"): Option<String>,
        /// The greatest age of its data when it's taken; any by default.
        pub(crate) max_age ("max_age"): Option<Span>,
        /// Addresses and the countries it must say they are in, to be taken: `8.8.8.8: US`.
        pub(crate) expect ("expect"): Pairs<String, CountryCode>,
        /// In an MMDB: where what stands, as paths to try in order.
        pub(crate) fields ("fields"): Pairs<FieldName, OneOrMany<String>>,
        /// What becomes of requests while it isn't there.
        pub(crate) on_failure ("on_failure"): OnFailure,
    }
}

choice! {
    /// What becomes of requests while a database isn't there.
    pub(crate) enum OnFailure, default Unknown {
        /// The next source is asked.
        Unknown = "unknown",
        /// They are answered with 503.
        Reject = "reject",
    }
}

impl Shorthand for DatabaseDocument {
    const EXPECTED: &'static str =
        "\"embedded\", or an object with \"cluster\" and \"path\", or with \"inline\"";
    const SHORT_SCHEMA: &'static str = r#"{"const": "embedded"}"#;

    fn from_text(text: &str) -> Option<Self> {
        (text == "embedded").then(|| Self {
            embedded: true,
            ..Self::default()
        })
    }
}

impl DatabaseDocument {
    /// The first setting that only a database to be fetched can have.
    pub(crate) fn fetch_setting(&self) -> Option<&'static str> {
        [
            ("authority", self.authority.is_some()),
            ("refresh", self.refresh.is_some()),
            ("timeout", self.timeout.is_some()),
            ("max_size", self.max_size.is_some()),
            ("sha256", self.sha256.is_some()),
            ("sha256_path", self.sha256_path.is_some()),
            ("max_age", self.max_age.is_some()),
            ("expect", !self.expect.0.is_empty()),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}
