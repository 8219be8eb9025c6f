//! Envoy's own configuration: bootstrap, listeners, extension configs, Istio's EnvoyFilter patches.

use super::{
    Chain, Connection, Finder, Message, Other,
    cluster::{static_clusters, unresolved_hosts},
    named_type::{CONNECTION_MANAGER, type_name, type_of},
    plugin::Entry,
    route,
    route_override::overrides,
    router,
};
use crate::{
    document::{Content, Embedding, Node, Reader},
    messages::{Completeness, Table},
};

impl Finder<'_> {
    /// Every chain of filters below `document`.
    pub(super) fn envoy(&mut self, document: &Node, reader: Reader, embedding: &Embedding) {
        let clusters = static_clusters(document);
        let first = self.found.chains.len();
        self.managers(document, reader, embedding);
        if let Some(clusters) = clusters.as_ref().filter(|_| self.found.chains.len() > first) {
            self.found
                .findings
                .extend(route::unknown_in_routes(document, clusters));
            self.found.findings.extend(unresolved_hosts(document));
            self.found.findings.extend(route::repeated_domains(document));
        }
        for chain in self.found.chains.iter_mut().skip(first) {
            chain.clusters.clone_from(&clusters);
        }
    }

    /// What `document` is as a message, or the messages in it that name their own types.
    pub(super) fn messages(&mut self, document: &Node, reader: Reader) {
        let has = |names: &[&str]| document.any(names).is_some();
        let fragment = if reader == Reader::Kubernetes {
            Completeness::Patch
        } else {
            Completeness::Fragment
        };
        let (name, completeness) = if has(&[
            "static_resources",
            "staticResources",
            "dynamic_resources",
            "dynamicResources",
        ]) {
            ("envoy.config.bootstrap.v3.Bootstrap", Completeness::Whole)
        } else if has(&["@type"]) {
            (type_name(document), Completeness::Whole)
        } else if has(&["filter_chains", "filterChains"]) {
            ("envoy.config.listener.v3.Listener", fragment)
        } else if has(&["http_filters", "httpFilters"]) {
            (CONNECTION_MANAGER, fragment)
        } else if has(&["typed_config", "typedConfig"]) {
            (
                "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter",
                fragment,
            )
        } else {
            match &document.content {
                Content::Scalar(_) => {}
                Content::List(items) => items.iter().for_each(|item| self.messages(item, reader)),
                Content::Map(members) => members
                    .iter()
                    .for_each(|(_, member)| self.messages(member, reader)),
            }
            return;
        };
        self.found.messages.push(Message {
            table: Table::envoy(),
            name: name.to_owned(),
            node: document.clone(),
            reader,
            completeness: if fragment == Completeness::Patch {
                fragment
            } else {
                completeness
            },
        });
    }

    fn managers(&mut self, node: &Node, reader: Reader, embedding: &Embedding) {
        self.found.overrides.extend(overrides(node));
        if let Some(filters) = node.any(&["http_filters", "httpFilters"]) {
            self.found.findings.extend(router::misplaced(node, filters));
            let mut chain = Chain {
                connection: Some(connection(node)),
                ..Chain::default()
            };
            for filter in filters.items() {
                match self.entry(filter, reader, embedding) {
                    Entry::Ours(slot) => chain.slots.push(*slot),
                    Entry::Unrecognised(unrecognised) => {
                        chain
                            .others
                            .push(Other::new(chain.slots.len(), type_of(filter), filter.at));
                        self.found.unrecognised.push(unrecognised);
                    }
                    Entry::Other => {
                        chain
                            .others
                            .push(Other::new(chain.slots.len(), type_of(filter), filter.at));
                        // A filter may hold others: a composite, one that is matched by the request.
                        self.inside(filter, reader, embedding);
                    }
                }
            }
            if !chain.slots.is_empty() {
                self.found.chains.push(chain);
            }
            for (key, member) in node.members() {
                if !matches!(key.text.as_str(), "http_filters" | "httpFilters") {
                    self.managers(member, reader, embedding);
                }
            }
            return;
        }
        // A filter outside a chain: an extension configuration, a patch.
        match self.entry(node, reader, embedding) {
            Entry::Ours(slot) => self.found.chains.push(Chain::of(vec![*slot])),
            Entry::Unrecognised(unrecognised) => self.found.unrecognised.push(unrecognised),
            Entry::Other => self.inside(node, reader, embedding),
        }
    }

    fn inside(&mut self, node: &Node, reader: Reader, embedding: &Embedding) {
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
        normalises_paths: flag(&["normalize_path", "normalizePath"]),
    }
}
