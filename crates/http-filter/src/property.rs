//! Envoy's attributes, typed. Each costs a host call: read what you need, once.

use crate::{Attribute, Host};
use http_fields::parse_address;
use std::net::IpAddr;

/// The client's address (`source.address`): the peer, or what Envoy's `use_remote_address` and `xff_num_trusted_hops`
/// make of X-Forwarded-For. Without `use_remote_address: true` a client can choose it freely.
pub fn source_address(host: &dyn Host) -> Option<IpAddr> {
    parse_address(&host.attribute(Attribute::SourceAddress)?)
}

/// Whether the request came by a client's connection (`connection.id`). Envoy's own, with which its caches ask whether
/// what they hold is still right, have none; nor may their `source.address` be asked for.
pub fn is_from_connection(host: &dyn Host) -> bool {
    host.attribute(Attribute::Other(&["connection", "id"])).is_some()
}

/// The name of the route that the request took (`xds.route_name`).
pub fn route_name(host: &dyn Host) -> Option<Vec<u8>> {
    host.attribute(Attribute::RouteName)
}

/// The SHA-256 digest, in hexadecimal, of the client's certificate (`connection.sha256_peer_certificate_digest`).
pub fn peer_certificate_digest(host: &dyn Host) -> Option<Vec<u8>> {
    host.attribute(Attribute::PeerCertificateDigest)
}

/// What a filter before this one published about the stream under `name`.
pub fn published(host: &dyn Host, name: &str) -> Option<Vec<u8>> {
    host.attribute(Attribute::Published(name))
}

/// The name under which jwt-auth publishes the verified claims, as a JSON object, for the filters behind it.
pub const CLAIMS: &str = "edge_filters.claims";

/// The name under which geo-routing publishes country, region and decision, as a JSON object.
pub const GEO: &str = "edge_filters.geo";

/// The name under which every filter publishes the details of its own reply, for access logs.
pub const DETAILS: &str = "edge_filters.details";

/// The name under which a filter publishes the details of a reply that shadow mode has withheld, where it has none of its own.
pub const WITHHELD: &str = "edge_filters.withheld";
