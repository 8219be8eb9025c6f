//! Routes: where they lead, and whether Envoy can tell their hosts apart.

use super::cluster::{Cluster, unknown_cluster};
use crate::{
    check::{Finding, Rule},
    document::Node,
};
use std::collections::BTreeMap;

/// Clusters that routes lead to and the file doesn't have.
pub(super) fn unknown_in_routes(document: &Node, clusters: &[Cluster]) -> Vec<Finding> {
    let mut found = Vec::new();
    document.walk(&mut |node| {
        let unvalidated = node.any(&["validate_clusters", "validateClusters"]);
        if unvalidated.is_some_and(|flag| flag.text() == Some("false")) {
            return;
        }
        for host in node
            .any(&["virtual_hosts", "virtualHosts"])
            .map(Node::items)
            .unwrap_or_default()
        {
            for route in host.get("routes").map(Node::items).unwrap_or_default() {
                let Some(action) = route.get("route") else {
                    continue;
                };
                let weighted = action.any(&["weighted_clusters", "weightedClusters"]);
                let weighted = weighted
                    .and_then(|weighted| weighted.get("clusters"))
                    .map(Node::items)
                    .unwrap_or_default();
                let named = weighted.iter().filter_map(|cluster| cluster.get("name"));
                for name in named.chain(action.get("cluster")) {
                    let text = name.text().unwrap_or_default();
                    if !text.is_empty() && !clusters.iter().any(|cluster| cluster.name == text) {
                        found.push(unknown_cluster(text, name.at, clusters));
                    }
                }
            }
        }
    });
    found
}

/// Domains that stand in two virtual hosts of one table, or twice in one.
pub(super) fn repeated_domains(document: &Node) -> Vec<Finding> {
    let mut found = Vec::new();
    document.walk(&mut |node| {
        let mut known = BTreeMap::new();
        for host in node
            .any(&["virtual_hosts", "virtualHosts"])
            .map(Node::items)
            .unwrap_or_default()
        {
            for domain in host.get("domains").map(Node::items).unwrap_or_default() {
                let Some(text) = domain.text() else { continue };
                if let Some(line) = known.insert(text.to_ascii_lowercase(), domain.at.line) {
                    let message = format!(
                        "found the domain {text:?} for the second time (line {line}), expected each once"
                    );
                    found.push(Finding::new(Rule::WrongValue, domain.at, message));
                }
            }
        }
    });
    found
}
