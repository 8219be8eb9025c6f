use super::{Finding, Placed, Rule};
use crate::find::{Assembled, Cluster, Slot, Transport, unknown_cluster};
use serde_json::Value;

/// Clusters that a configuration names: those that the bootstrap doesn't have, and those that don't speak as the address
/// beside them says.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let Some(clusters) = &assembled.chain.clusters else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        let mut named = Vec::new();
        collect(&slot.value().0, String::new(), &mut named);
        for Named { path, cluster, uri } in named {
            let finding = match clusters.iter().find(|known| known.name == cluster) {
                None => Some(unknown_cluster(&cluster, slot.locate_value(&path), clusters)),
                Some(known) => uri.and_then(|uri| plain(slot, &path, known, &uri)),
            };
            found.extend(finding.map(|finding| (file, finding.about(slot.kind.name(), path))));
        }
    }
    found
}

/// What keeps an https address from being reached through `cluster`, or from being trusted.
fn plain(slot: &Slot, path: &str, cluster: &Cluster, uri: &str) -> Option<Finding> {
    let scheme = uri
        .get(..8)
        .filter(|scheme| scheme.eq_ignore_ascii_case("https://"))?;
    let host = uri
        .get(scheme.len()..)?
        .split(['/', '?', ':'])
        .next()
        .unwrap_or_default();
    let (message, help) = match cluster.transport {
        Transport::Plain => (
            format!("the address is https, and the cluster {:?} (line {}) speaks plain text", cluster.name, cluster.at.line),
            format!(
                "give the cluster a `transport_socket` with an UpstreamTlsContext: `sni: {host}`, and a `validation_context` with `trusted_ca`"
            ),
        ),
        Transport::Tls { names_host: false, .. } => (
            format!(
                "the address is https, and the cluster {:?} (line {}) doesn't tell its hosts which name it wants: many answer with another certificate, or not at all",
                cluster.name, cluster.at.line
            ),
            format!("`sni: {host}` in the cluster's UpstreamTlsContext"),
        ),
        Transport::Tls { verifies: false, .. } => (
            format!(
                "the address is https, and the cluster {:?} (line {}) takes any certificate: whoever stands in between may answer",
                cluster.name, cluster.at.line
            ),
            "a `validation_context` with `trusted_ca` in the cluster's `common_tls_context`, or `system_root_certs: {}`".to_owned(),
        ),
        Transport::Tls { .. } | Transport::Other => return None,
    };
    Some(Finding::new(Rule::PlainCluster, slot.locate_value(path), message).help(help))
}

/// A cluster that a configuration names, and the address that is asked for there.
struct Named {
    path: String,
    cluster: String,
    uri: Option<String>,
}

/// Every member `cluster` that is a text.
fn collect(value: &Value, path: String, found: &mut Vec<Named>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                let path = [&path, dot, name].concat();
                match member {
                    Value::String(text) if name == "cluster" => {
                        let uri = members.get("uri").and_then(Value::as_str);
                        found.push(Named {
                            path,
                            cluster: text.clone(),
                            uri: uri.map(str::to_owned),
                        });
                    }
                    member => collect(member, path, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{path}[{index}]"), found);
            }
        }
        _ => {}
    }
}
