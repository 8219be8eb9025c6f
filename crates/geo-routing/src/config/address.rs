use crate::{
    config::trust::Trust,
    document::address::AddressDocument,
    request::{address_list, address_list::Proxies, facts::RequestFacts},
};
use http_fields::parse_address;
use http_filter::{ConfigError, FieldName, error_path::joined};
use std::net::IpAddr;

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
    pub(crate) fn address(&self, facts: &RequestFacts) -> Option<IpAddr> {
        match self {
            Self::Source => facts.source_address(),
            Self::Single { header, trust } => {
                let value = facts.request.single(header).ok()??;
                if trust.holds(facts) {
                    parse_address(value)
                } else {
                    None
                }
            }
            Self::List { header, proxies } => address_list::client_of(facts.request, header, proxies),
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
