//! Envoy's own configuration: bootstrap, listeners, extension configs, Istio's EnvoyFilter patches.

use super::{Carrier, Chain, Configuration, Connection, Finder, Slot};
use crate::{
    FilterKind,
    document::{Content, Embedding, Node, Reader, parse_embedded},
};

impl Finder<'_> {
    /// Every chain of filters below `document`.
    pub(super) fn envoy(&mut self, document: &Node, reader: Reader, embedding: &Embedding) {
        let clusters = static_clusters(document);
        let first = self.found.chains.len();
        self.managers(document, reader, embedding);
        for chain in self.found.chains.iter_mut().skip(first) {
            chain.clusters.clone_from(&clusters);
        }
    }

    fn managers(&mut self, node: &Node, reader: Reader, embedding: &Embedding) {
        if let Some(filters) = node.any(&["http_filters", "httpFilters"]) {
            let mut chain = Chain {
                connection: Some(connection(node)),
                ..Chain::default()
            };
            for filter in filters.items() {
                match self.wasm(filter, reader, embedding) {
                    Some(slot) => chain.slots.push(slot),
                    None => chain.others.push((chain.slots.len(), type_of(filter), filter.at)),
                }
            }
            if !chain.slots.is_empty() {
                self.found.chains.push(chain);
            }
            return;
        }
        // A filter outside a chain: an extension configuration, a patch.
        if let Some(slot) = self.wasm(node, reader, embedding) {
            self.found.chains.push(Chain::of(vec![slot]));
            return;
        }
        match &node.content {
            Content::Scalar(_) => {}
            Content::List(items) => items
                .iter()
                .for_each(|item| self.managers(item, reader, embedding)),
            Content::Map(members) => members
                .iter()
                .for_each(|(_, member)| self.managers(member, reader, embedding)),
        }
    }

    /// The filter of ours that a filter's entry is, if it is one.
    fn wasm(&self, entry: &Node, reader: Reader, embedding: &Embedding) -> Option<Slot> {
        let typed = entry.any(&["typed_config", "typedConfig"])?;
        let mut plugin = typed;
        if !is_wasm(kind_of(typed)) {
            // A TypedStruct names the type beside the value.
            let named = typed.any(&["type_url", "typeUrl"]).and_then(Node::text);
            plugin = typed.get("value").filter(|_| named.is_some_and(is_wasm))?;
        }
        let config = plugin.get("config")?;
        let vm = config.any(&["vm_config", "vmConfig"]);
        let text = |node: Option<&Node>| node.and_then(Node::text).unwrap_or_default().to_owned();
        let name = text(entry.get("name"));
        let names = [
            text(config.any(&["root_id", "rootId"])),
            text(config.get("name")),
            name.clone(),
        ];
        let code = vm.and_then(|vm| vm.get("code")).map(scalars).unwrap_or_default();
        let exact = names.iter().find_map(|name| FilterKind::of_name(name));
        let kind = exact
            .or_else(|| code.iter().find_map(|text| FilterKind::mentioned(text)))
            .or_else(|| names.iter().find_map(|name| FilterKind::mentioned(name)))?;
        let policy = config.any(&["failure_policy", "failurePolicy"]);
        let open = policy
            .filter(|policy| policy.text() == Some("FAIL_OPEN"))
            .or_else(|| {
                config
                    .any(&["fail_open", "failOpen"])
                    .filter(|flag| flag.is_true())
            });
        let mut slot = Slot::new(kind, entry.at, Carrier::Envoy);
        slot.fails_open = open.map(|node| node.at);
        slot.vm = Some(text(vm.and_then(|vm| vm.any(&["vm_id", "vmId"]))));
        slot.configuration = config
            .get("configuration")
            .map_or(Configuration::None, |message| {
                self.message(message, reader, embedding)
            });
        if !name.is_empty() {
            slot.name = name;
        }
        Some(slot)
    }

    /// The document in a `google.protobuf.Any`.
    fn message(&self, message: &Node, reader: Reader, embedding: &Embedding) -> Configuration {
        let kind = kind_of(message);
        match kind.rsplit(['/', '.']).next().unwrap_or_default() {
            "Struct" => message
                .get("value")
                .map_or(Configuration::None, |node| Configuration::Document {
                    node: node.clone(),
                    reader,
                }),
            "StringValue" => match message.get("value").map(|node| &node.content) {
                Some(Content::Scalar(scalar)) => {
                    let inner = Embedding::of(scalar, &self.source.text, embedding);
                    // JSON is what the filter reads; YAML would pass here and be refused there.
                    let json: Result<serde_json::Value, _> = serde_json::from_str(&scalar.text);
                    match (json, parse_embedded(&scalar.text, &inner)) {
                        (_, Ok(parsed)) if parsed.documents.is_empty() => Configuration::None,
                        (Ok(_), Ok(parsed)) => match parsed.documents.into_iter().next() {
                            Some(node) => Configuration::Document {
                                node,
                                reader: Reader::Exact,
                            },
                            None => Configuration::None,
                        },
                        (Err(error), _) => Configuration::Malformed(crate::document::Malformed {
                            at: inner.position(crate::document::Position {
                                line: error.line(),
                                column: error.column().max(1),
                            }),
                            problem: format!("the text of a StringValue is no JSON: {}", bare(&error)),
                        }),
                        (_, Err(malformed)) => Configuration::Malformed(malformed),
                    }
                }
                _ => Configuration::None,
            },
            _ => Configuration::WrongType(message.at, kind.to_owned()),
        }
    }
}

/// A message of serde_json without its place, which is another here.
fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn kind_of(node: &Node) -> &str {
    node.get("@type").and_then(Node::text).unwrap_or_default()
}

fn is_wasm(kind: &str) -> bool {
    kind.ends_with("envoy.extensions.filters.http.wasm.v3.Wasm")
}

/// What a filter that isn't ours is: its type, else its name.
fn type_of(filter: &Node) -> String {
    let typed = filter
        .any(&["typed_config", "typedConfig"])
        .map(kind_of)
        .unwrap_or_default();
    let named = filter.get("name").and_then(Node::text).unwrap_or_default();
    if typed.is_empty() { named } else { typed }.to_owned()
}

fn scalars(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    node.walk(&mut |node| found.extend(node.text().map(str::to_owned)));
    found
}

fn connection(manager: &Node) -> Connection {
    let flag = |names: &[&str]| manager.any(names).is_some_and(Node::is_true);
    let hops = manager
        .any(&["xff_num_trusted_hops", "xffNumTrustedHops"])
        .and_then(Node::text)
        .is_some_and(|hops| hops != "0");
    let extensions = manager
        .any(&[
            "original_ip_detection_extensions",
            "originalIpDetectionExtensions",
        ])
        .is_some_and(|list| !list.items().is_empty());
    Connection {
        at: manager.at,
        knows_clients: flag(&["use_remote_address", "useRemoteAddress"]) || hops || extensions,
    }
}

/// The clusters of a bootstrap that gets no others.
fn static_clusters(document: &Node) -> Option<Vec<String>> {
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
    let name = |cluster: &Node| Some(cluster.get("name")?.text()?.to_owned());
    Some(clusters.iter().filter_map(name).collect())
}
