use envoy_dynamic_module_abi::{MetadataSource, Stream, StreamAttribute};
use http_filter::Attribute;

/// Reads an attribute of a stream.
pub(crate) fn read(stream: &Stream<'_>, attribute: Attribute<'_>) -> Option<Vec<u8>> {
    match attribute {
        Attribute::SourceAddress => stream.attribute(SOURCE_ADDRESS),
        Attribute::RouteName => stream.attribute(ROUTE_NAME),
        Attribute::PeerCertificateDigest => stream.attribute(PEER_CERTIFICATE_DIGEST),
        Attribute::RouteMetadata { filter, key } => stream.metadata(MetadataSource::Route, filter, key),
        Attribute::Published(name) | Attribute::FilterState(name) => stream.filter_state(name),
        Attribute::DynamicMetadata { filter, path: &[key] } => {
            stream.metadata(MetadataSource::Dynamic, filter, key)
        }
        // The interface shows no deeper.
        Attribute::DynamicMetadata { .. } => None,
        Attribute::Other(path) => other(stream, path),
    }
}

fn other(stream: &Stream<'_>, path: &[&str]) -> Option<Vec<u8>> {
    match *path {
        [name] => stream.filter_state(name),
        ["filter_state", name] => stream.filter_state(name),
        ["metadata", "filter_metadata", filter, key] => stream.metadata(MetadataSource::Dynamic, filter, key),
        ["xds", "route_metadata", "filter_metadata", filter, key] => {
            stream.metadata(MetadataSource::Route, filter, key)
        }
        // Modules are filters of listeners, whose requests all come by a connection.
        ["connection", "id"] => Some(b"1".to_vec()),
        [group, name] => {
            let known = TEXTS.iter().find(|(known, _)| *known == (group, name));
            stream.attribute(StreamAttribute(known?.1))
        }
        _ => None,
    }
}

const SOURCE_ADDRESS: StreamAttribute = StreamAttribute(24);
const PEER_CERTIFICATE_DIGEST: StreamAttribute = StreamAttribute(38);
const ROUTE_NAME: StreamAttribute = StreamAttribute(61);

/// The attributes that are text, and their numbers in the interface.
const TEXTS: [((&str, &str), u32); 29] = [
    (("request", "path"), 0),
    (("request", "url_path"), 1),
    (("request", "host"), 2),
    (("request", "scheme"), 3),
    (("request", "method"), 4),
    (("request", "referer"), 6),
    (("request", "useragent"), 7),
    (("request", "id"), 9),
    (("request", "protocol"), 10),
    (("request", "query"), 11),
    (("response", "code_details"), 16),
    (("source", "address"), 24),
    (("destination", "address"), 26),
    (("connection", "requested_server_name"), 30),
    (("connection", "tls_version"), 31),
    (("connection", "subject_local_certificate"), 32),
    (("connection", "subject_peer_certificate"), 33),
    (("connection", "dns_san_local_certificate"), 34),
    (("connection", "dns_san_peer_certificate"), 35),
    (("connection", "uri_san_local_certificate"), 36),
    (("connection", "uri_san_peer_certificate"), 37),
    (("connection", "sha256_peer_certificate_digest"), 38),
    (("connection", "transport_failure_reason"), 39),
    (("connection", "termination_details"), 40),
    (("upstream", "address"), 41),
    (("xds", "cluster_name"), 57),
    (("xds", "route_name"), 61),
    (("xds", "virtual_host_name"), 63),
    (("xds", "filter_chain_name"), 66),
];
