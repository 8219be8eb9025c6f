use crate::{
    check::{Finding, Rule},
    document::{Node, Position},
};
use http_filter::document::nearest;

/// A cluster of a bootstrap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: Position,
    /// How it speaks to its hosts.
    pub transport: Transport,
}

/// How a cluster speaks to its hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In plain text.
    Plain,
    /// By TLS.
    Tls {
        /// Whether hosts are told which name is wanted (SNI).
        names_host: bool,
        /// Whether certificates are verified.
        verifies: bool,
    },
    /// In a way that isn't known here.
    Other,
}

/// What is said of a cluster that a file doesn't have.
pub fn unknown_cluster(name: &str, at: Position, clusters: &[Cluster]) -> Finding {
    let message = format!("found the cluster {name:?}, expected one that this file has");
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let help = match (nearest(name, &names), names.as_slice()) {
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, []) => "there are no clusters here".to_owned(),
        (None, names) => format!("clusters here: {}", names.join(", ")),
    };
    Finding::new(Rule::UnknownCluster, at, message).help(help)
}

/// The clusters of a bootstrap that gets no others.
pub(super) fn static_clusters(document: &Node) -> Option<Vec<Cluster>> {
    let resources = document.any(&["static_resources", "staticResources"])?;
    let dynamic = document.any(&["dynamic_resources", "dynamicResources"]);
    if dynamic.is_some_and(|dynamic| {
        dynamic
            .any(&["cds_config", "cdsConfig", "ads_config", "adsConfig"])
            .is_some()
    }) {
        return None;
    }
    let clusters = resources.get("clusters").map(Node::items).unwrap_or_default();
    Some(clusters.iter().filter_map(cluster).collect())
}

fn cluster(node: &Node) -> Option<Cluster> {
    let name = node.get("name")?;
    Some(Cluster {
        name: name.text()?.to_owned(),
        at: name.at,
        transport: transport(node),
    })
}

/// Names of hosts in clusters that look none up, and clusters of one name.
pub(super) fn unresolved_hosts(document: &Node) -> Vec<Finding> {
    let mut found = Vec::new();
    let resources = document.any(&["static_resources", "staticResources"]);
    let clusters = resources
        .and_then(|resources| resources.get("clusters"))
        .map(Node::items)
        .unwrap_or_default();
    let mut known = std::collections::BTreeSet::new();
    for cluster in clusters {
        if let Some((name, text)) = cluster.get("name").and_then(|name| Some((name, name.text()?)))
            && !known.insert(text)
        {
            let message = format!("found the cluster {text:?} for the second time, expected each once");
            found.push(Finding::new(Rule::WrongValue, name.at, message));
        }
        let kind = cluster
            .get("type")
            .filter(|kind| !kind.text().is_none_or(|text| text.is_empty()));
        let is_static = kind.is_none_or(|kind| kind.text() == Some("STATIC"));
        let other = cluster.any(&["cluster_type", "clusterType"]).is_some();
        let Some(hosts) = cluster
            .any(&["load_assignment", "loadAssignment"])
            .filter(|_| is_static && !other)
        else {
            continue;
        };
        hosts.walk(&mut |node| {
            let address = node
                .any(&["socket_address", "socketAddress"])
                .and_then(|socket| socket.get("address"));
            let Some((at, text)) = address.and_then(|address| Some((address.at, address.text()?))) else {
                return;
            };
            if text.parse::<std::net::IpAddr>().is_err() {
                let message = format!(
                    "found {text:?}, expected an IP address: a cluster of type STATIC looks up no names"
                );
                let finding = Finding::new(Rule::WrongValue, at, message);
                found.push(finding.help("`type: STRICT_DNS` in the cluster"));
            }
        });
    }
    found
}

fn transport(cluster: &Node) -> Transport {
    if cluster
        .any(&["transport_socket_matches", "transportSocketMatches"])
        .is_some()
    {
        return Transport::Other;
    }
    let Some(socket) = cluster.any(&["transport_socket", "transportSocket"]) else {
        return Transport::Plain;
    };
    let typed = socket.any(&["typed_config", "typedConfig"]);
    let kind = typed
        .and_then(|typed| typed.get("@type"))
        .and_then(Node::text)
        .unwrap_or_default();
    if kind.ends_with("RawBuffer") {
        return Transport::Plain;
    }
    let Some(tls) = typed.filter(|_| kind.ends_with("UpstreamTlsContext")) else {
        return Transport::Other;
    };
    let has_text = |node: Option<&Node>| node.and_then(Node::text).is_some_and(|text| !text.is_empty());
    let mut names_host = has_text(tls.get("sni")) || flag(tls, &["auto_host_sni", "autoHostSni"]);
    cluster.walk(&mut |node| names_host |= flag(node, &["auto_sni", "autoSni"]));
    let mut verifies = false;
    tls.walk(&mut |node| {
        verifies |= VERIFYING.iter().any(|name| node.get(name).is_some());
    });
    Transport::Tls { names_host, verifies }
}

fn flag(node: &Node, names: &[&str]) -> bool {
    node.any(names).is_some_and(Node::is_true)
}

/// What makes a context verify certificates, wherever it stands in it; secrets from elsewhere are believed to.
const VERIFYING: [&str; 16] = [
    "trusted_ca",
    "trustedCa",
    "system_root_certs",
    "systemRootCerts",
    "ca_certificate_provider_instance",
    "caCertificateProviderInstance",
    "validation_context_sds_secret_config",
    "validationContextSdsSecretConfig",
    "verify_certificate_spki",
    "verifyCertificateSpki",
    "verify_certificate_hash",
    "verifyCertificateHash",
    "custom_validator_config",
    "customValidatorConfig",
    "validation_context_certificate_provider_instance",
    "combined_validation_context_sds",
];
