/// What a host can be asked about the stream at hand; [`property`](crate::property) reads the usual ones with their types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute<'a> {
    /// The client's address, with its port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    SourceAddress,
    /// The name of the route that the request took.
    RouteName,
    /// The SHA-256 digest, in hexadecimal, of the client's certificate.
    PeerCertificateDigest,
    /// A text under `filter_metadata` of the route that the request took.
    RouteMetadata {
        /// The name space, by habit a filter's name.
        filter: &'a str,
        /// The member.
        key: &'a str,
    },
    /// What a filter published about the stream, by the name it used (see [`Changes`](crate::Changes)).
    Published(&'a str),
    /// A value in the stream's dynamic metadata.
    DynamicMetadata {
        /// The name space, by habit a filter's name.
        filter: &'a str,
        /// The members on the way to the value.
        path: &'a [&'a str],
    },
    /// Filter state, as text.
    FilterState(&'a str),
    /// Any other of Envoy's attributes, such as `["source", "client_region"]`.
    Other(&'a [&'a str]),
}

impl<'a> Attribute<'a> {
    /// The attribute's path in Envoy's attributes (CEL).
    pub fn path(self) -> Vec<&'a str> {
        match self {
            Self::SourceAddress => vec!["source", "address"],
            Self::RouteName => vec!["xds", "route_name"],
            Self::PeerCertificateDigest => vec!["connection", "sha256_peer_certificate_digest"],
            Self::RouteMetadata { filter, key } => {
                vec!["xds", "route_metadata", "filter_metadata", filter, key]
            }
            Self::Published(name) => vec![name],
            Self::DynamicMetadata { filter, path } => ["metadata", "filter_metadata", filter]
                .into_iter()
                .chain(path.iter().copied())
                .collect(),
            Self::FilterState(name) => vec!["filter_state", name],
            Self::Other(path) => path.to_vec(),
        }
    }
}
