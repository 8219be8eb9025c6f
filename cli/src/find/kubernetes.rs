//! Istio's and Envoy Gateway's manifests.

use super::{Carrier, Chain, Configuration, Finder, Slot};
use crate::{
    FilterKind,
    document::{Content, Node, Reader},
};

impl Finder<'_> {
    /// A WasmPlugin, or a TrafficExtension, which says the same one level deeper.
    pub(super) fn istio(&mut self, document: &Node) {
        let Some(spec) = document.get("spec") else { return };
        let plugin = match document.get("kind").and_then(Node::text) {
            Some("TrafficExtension") => spec.get("wasm"),
            _ => Some(spec),
        };
        let Some(plugin) = plugin else { return };
        let Some(mut slot) = slot(document, plugin, &["pluginName", "url"], Carrier::Istio) else {
            return;
        };
        slot.configuration = configuration(plugin.get("pluginConfig"));
        slot.fails_open = fail_strategy(plugin);
        // Istio names no virtual machine: all plugins share their data.
        slot.vm = Some(String::new());
        let phase = spec.get("phase");
        let order = match phase.and_then(Node::text) {
            Some("AUTHN") => 0,
            Some("AUTHZ") => 1,
            Some("STATS") => 2,
            _ => 3,
        };
        let priority = spec.get("priority");
        let number = priority.and_then(Node::text).and_then(|text| text.parse().ok());
        let at = priority.or(phase).map_or(spec.at, |node| node.at);
        slot.phase = Some((order, number, at));
        self.found.chains.push(Chain {
            scope: Some(scope(document, spec)),
            ..Chain::of(vec![slot])
        });
    }

    /// An EnvoyExtensionPolicy: its filters run in the order of the list.
    pub(super) fn envoy_gateway(&mut self, document: &Node) {
        let spec = document.get("spec");
        let filters = spec
            .and_then(|spec| spec.get("wasm"))
            .map(Node::items)
            .unwrap_or_default();
        let slots: Vec<_> = filters
            .iter()
            .filter_map(|filter| {
                let mut slot = slot(
                    document,
                    filter,
                    &["rootID", "name", "code"],
                    Carrier::EnvoyGateway,
                )?;
                slot.at = filter.at;
                slot.configuration = configuration(filter.get("config"));
                slot.fails_open = filter
                    .get("failOpen")
                    .filter(|flag| flag.is_true())
                    .map(|flag| flag.at);
                Some(slot)
            })
            .collect();
        if !slots.is_empty() {
            self.found.chains.push(Chain::of(slots));
        }
    }
}

/// The filter of a manifest: named by one of `members`, else by the manifest's own name.
pub(super) fn slot(document: &Node, plugin: &Node, members: &[&str], carrier: Carrier) -> Option<Slot> {
    let mut texts = Vec::new();
    for member in members.iter().filter_map(|name| plugin.get(name)) {
        member.walk(&mut |node| texts.extend(node.text()));
    }
    let name = document.get("metadata").and_then(|metadata| metadata.get("name"));
    texts.extend(name.and_then(Node::text));
    let exact = texts.iter().find_map(|text| FilterKind::of_name(text));
    let kind = exact.or_else(|| texts.iter().find_map(|text| FilterKind::mentioned(text)))?;
    let mut slot = Slot::new(kind, plugin.at, carrier);
    if let Some(name) = name.and_then(Node::text) {
        name.clone_into(&mut slot.name);
    }
    Some(slot)
}

/// A configuration that Kubernetes hands over.
pub(super) fn configuration(node: Option<&Node>) -> Configuration {
    match node {
        Some(node) if matches!(&node.content, Content::Map(members) if members.is_empty()) => {
            Configuration::None
        }
        Some(node) => Configuration::Document {
            node: node.clone(),
            reader: Reader::Kubernetes,
        },
        None => Configuration::None,
    }
}

/// Where a manifest says that requests pass when the filter can't run.
pub(super) fn fail_strategy(plugin: &Node) -> Option<crate::document::Position> {
    let strategy = plugin.get("failStrategy")?;
    (strategy.text() == Some("FAIL_OPEN")).then_some(strategy.at)
}

/// What a manifest applies to, as a text to compare.
fn scope(document: &Node, spec: &Node) -> String {
    let metadata = document.get("metadata");
    let mut scope = metadata
        .and_then(|metadata| metadata.get("namespace"))
        .and_then(Node::text)
        .unwrap_or_default()
        .to_owned();
    for name in ["targetRefs", "targetRef", "selector"] {
        if let Some(target) = spec.get(name) {
            target.walk(&mut |node| {
                scope.push('/');
                scope.push_str(node.text().unwrap_or_default());
            });
        }
    }
    scope
}
