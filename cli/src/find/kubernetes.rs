//! Istio's and Envoy Gateway's manifests.

use super::{
    Carrier, Chain, Configuration, Finder, Slot, Unrecognised,
    recognised::{Evidence, recognised},
};
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
        let given = configuration(plugin.get("pluginConfig"));
        let Some(mut slot) = self.slot_of(document, plugin, &["pluginName"], &["url"], given, Carrier::Istio)
        else {
            return;
        };
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
        let modules = spec
            .and_then(|spec| spec.get("dynamicModule"))
            .map(Node::items)
            .unwrap_or_default();
        let all = filters.iter().map(|filter| (filter, &["rootID", "name"][..]));
        // A dynamic module holds several filters: only `filterName` says which.
        let all = all.chain(modules.iter().map(|module| (module, &["filterName"][..])));
        let slots: Vec<_> = all
            .filter_map(|(filter, names)| {
                let given = configuration(filter.get("config"));
                let mut slot =
                    self.slot_of(document, filter, names, &["code"], given, Carrier::EnvoyGateway)?;
                slot.at = filter.at;
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

impl Finder<'_> {
    /// The filter of a manifest, by what names its module, its own names and the manifest's, and its configuration.
    pub(super) fn slot_of(
        &mut self,
        document: &Node,
        plugin: &Node,
        names: &[&str],
        modules: &[&str],
        configuration: Configuration,
        carrier: Carrier,
    ) -> Option<Slot> {
        let mut evidence = Evidence::default();
        for member in modules.iter().filter_map(|name| plugin.get(name)) {
            member.walk(&mut |node| {
                evidence
                    .modules
                    .extend(node.text().map(|text| (text.to_owned(), node.at)))
            });
        }
        let own = names.iter().filter_map(|name| plugin.get(name)?.text());
        evidence.names.extend(own.map(str::to_owned));
        let name = document
            .get("metadata")
            .and_then(|metadata| metadata.get("name"))
            .and_then(Node::text);
        if names != ["filterName"] {
            evidence.names.extend(name.map(str::to_owned));
        }
        let mut slot = Slot::new(FilterKind::JwtAuth, plugin.at, carrier);
        slot.configuration = configuration;
        evidence.configuration = slot.value().0;
        match recognised(&evidence, &mut slot.findings) {
            Ok(kind) => {
                slot.kind = kind;
                name.unwrap_or(kind.name()).clone_into(&mut slot.name);
                Some(slot)
            }
            Err(reason) => {
                self.found.unrecognised.push(Unrecognised {
                    name: evidence
                        .names
                        .first()
                        .map_or("a plugin without a name", String::as_str)
                        .to_owned(),
                    at: plugin.at,
                    reason,
                    mistake: None,
                });
                None
            }
        }
    }
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
