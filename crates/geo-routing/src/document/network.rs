use http_fields::parse_address;
use http_filter::document::Text;
use ipnet::IpNet;
use std::{fmt, net::IpAddr};

/// A network in CIDR notation, or a single address. Bits beyond the prefix don't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Network(pub(crate) IpNet);

impl Network {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Text for Network {
    const EXPECTED: &'static str = "a network such as \"10.0.0.0/8\" or \"2001:db8::/32\", or an address";
    const EXAMPLES: &'static [&'static str] = &["10.0.0.0/8", "2001:db8::/32"];

    fn parse(text: &str) -> Option<Self> {
        let network = match text.parse::<IpNet>() {
            Ok(network) => network,
            Err(_) => parse_address(text.as_bytes())?.into(),
        };
        Some(Self(network.trunc()))
    }
}
