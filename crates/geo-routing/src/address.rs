use crate::{
    address_list::{self, Proxies},
    asking::Asking,
    network::Network,
    path::joined,
    trust::{Trust, TrustDocument},
};
use http_fields::parse_address;
use http_filter::{
    ConfigError, FieldName, OneOrMany, document,
    document::{Brief, Shorthand},
};
use std::net::IpAddr;

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

/// Where the client's address stands.
#[derive(Clone, Debug)]
pub(crate) enum AddressSource {
    /// What Envoy takes for it (`source.address`).
    Source,
    /// A header with one address.
    Single { header: FieldName, trust: Trust },
    /// A header to which every proxy appends the address of its peer.
    List { header: FieldName, proxies: Proxies },
}

impl AddressSource {
    pub(crate) fn compile(document: AddressDocument, path: &str) -> Result<Self, ConfigError> {
        let AddressDocument {
            header,
            trusted_hops,
            trusted,
            trust,
        } = document;
        let Some(header) = header else {
            let given = trusted_hops.is_some() || !trusted.is_empty() || trust.is_some();
            return match given {
                true => Err(ConfigError::at(
                    path,
                    "",
                    "no \"header\"",
                    "the header that the conditions are for",
                )),
                false => Ok(Self::Source),
            };
        };
        match (trusted_hops, trusted.0, trust) {
            (Some(hops), networks, None) if networks.is_empty() => Ok(Self::List {
                header,
                proxies: Proxies::Hops(usize::from(hops)),
            }),
            (None, networks, None) if !networks.is_empty() => Ok(Self::List {
                header,
                proxies: Proxies::Networks(networks),
            }),
            (None, networks, trust @ Some(_)) if networks.is_empty() => Ok(Self::Single {
                header,
                trust: Trust::compile(trust, &joined(path, "trust"))?,
            }),
            _ => Err(ConfigError::at(
                path,
                "",
                "another number of conditions",
                "one of \"trusted_hops\", \"trusted\" (both for lists such as x-forwarded-for) and \"trust\" (for a header with one address)",
            )),
        }
    }

    /// The client's address, if this source knows it.
    pub(crate) fn address(&self, asking: &Asking) -> Option<IpAddr> {
        match self {
            Self::Source => asking.source_address(),
            Self::Single { header, trust } => {
                let value = asking.request.single(header).ok()??;
                if trust.holds(asking) {
                    parse_address(value)
                } else {
                    None
                }
            }
            Self::List { header, proxies } => address_list::client_of(asking.request, header, proxies),
        }
    }

    /// The header that it reads, and when that is believed, where that depends.
    pub(crate) fn header(&self) -> Option<(&FieldName, Option<&Trust>)> {
        match self {
            Self::Source => None,
            Self::Single { header, trust } => Some((header, Some(trust))),
            Self::List { header, .. } => Some((header, None)),
        }
    }

    /// When it's believed, for a header that is believed at times.
    pub(crate) fn trust(&self) -> Option<&Trust> {
        match self {
            Self::Single { trust, .. } => Some(trust),
            _ => None,
        }
    }
}
