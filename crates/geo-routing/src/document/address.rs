//! Where the client's address stands, as it is written.

use crate::document::{network::Network, trust::TrustDocument};
use http_filter::{
    FieldName, OneOrMany, document,
    document::{Brief, Shorthand},
};

document! {
    /// Where the client's address stands: `source`, or a header.
    pub(crate) struct AddressDocument {
        /// `x-forwarded-for` or one like it, `forwarded` (RFC 7239), or a header with one address.
        pub(crate) header ("header"): Option<FieldName>,
        /// In a list: how many addresses at its end belong to proxies. With Envoy's `use_remote_address: true` the last one is
        /// Envoy's own peer, so one proxy in front of Envoy is `1`.
        pub(crate) trusted_hops ("trusted_hops"): Option<u8>,
        /// In a list: the networks of proxies. The last address outside of them is the client's.
        pub(crate) trusted ("trusted"): OneOrMany<Network>,
        /// For a header with one address: when it's believed.
        pub(crate) trust ("trust"): Option<Brief<TrustDocument>>,
    }
}

impl Shorthand for AddressDocument {
    const EXPECTED: &'static str = "\"source\", or an object with \"header\"";
    const SHORT_SCHEMA: &'static str = r#"{"const": "source"}"#;

    fn from_text(text: &str) -> Option<Self> {
        (text == "source").then(Self::default)
    }
}
