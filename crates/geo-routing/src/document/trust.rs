//! When a request is believed, as it is written.

use crate::document::network::Network;
use http_filter::{
    FieldName, OneOrMany, document,
    document::{Node, Read, Refused, Shorthand},
};
use std::fmt;

document! {
    /// When a request is believed what it says. All that is given must hold.
    pub(crate) struct TrustDocument {
        /// `source.address` is in one of these networks.
        pub(crate) peers ("peers"): OneOrMany<Network>,
        /// The request carries a secret that only the trusted party knows.
        pub(crate) secret ("secret"): Option<SecretDocument>,
        /// The client's certificate has one of these SHA-256 fingerprints, in hexadecimal.
        pub(crate) certificate ("certificate"): OneOrMany<String>,
    }
    hidden {
        /// Written as `trust: anyone`.
        anyone: bool,
    }
}

document! {
    /// A secret in a header. The header never goes on to the upstream.
    pub(crate) struct SecretDocument {
        /// The header that carries it.
        pub(crate) header ("header"): Option<FieldName>,
        /// The secret.
        pub(crate) value ("value"): Option<Hidden>,
        /// The SHA-256 of the secret, in hexadecimal, so that the secret itself need not be in the configuration.
        pub(crate) sha256 ("sha256"): Option<String>,
    }
}

/// A secret, which no error shows.
pub(crate) struct Hidden(pub(crate) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Read for Hidden {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let text = node.value().as_str().map(|text| Self(text.to_owned()));
        text.ok_or_else(|| node.refuse_as("no text", "a text"))
    }
}

http_filter::describe! {
    impl http_filter::document::Describe for Hidden {
        fn describe(schemas: &mut http_filter::document::Schemas) -> serde_json::Value {
            String::describe(schemas)
        }
    }
}

impl Shorthand for TrustDocument {
    const EXPECTED: &'static str =
        "\"anyone\", or an object with at least one of \"peers\", \"secret\" and \"certificate\"";
    const SHORT_SCHEMA: &'static str = r#"{"const": "anyone"}"#;

    fn from_text(text: &str) -> Option<Self> {
        (text == "anyone").then(|| Self {
            anyone: true,
            ..Self::default()
        })
    }
}
