//! Finds the configurations of the filters in the files that carry them.

mod assembled;
mod chain;
mod cluster;
mod config_map;
mod envoy;
mod higress;
mod kubernetes;
mod named_type;
mod plugin;
mod protobuf_any;
mod recognised;
mod route;
mod route_override;
mod router;
mod slot;

pub use assembled::{Assembled, assemble};
pub use chain::{Chain, Connection, Other};
pub use cluster::{Cluster, Transport, unknown_cluster};
pub use route_override::RouteOverride;
pub use slot::{Carrier, Configuration, Slot};

use crate::{
    FilterKind,
    check::{Finding, Rule},
    document::{Embedding, Malformed, Node, Position, Reader, Scalar, parse_embedded, read},
    messages::{Completeness, Table},
};

/// A file, read.
pub struct Source {
    /// Its name, as it was given.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// What was found in a file.
#[derive(Default)]
pub struct Found {
    /// The filters, chain by chain.
    pub chains: Vec<Chain>,
    /// Names that stand in a map for the second time.
    pub repeated: Vec<Scalar>,
    /// Merge keys in documents whose reader takes them for names.
    pub merged: Vec<Scalar>,
    /// Texts in the file that should be documents and are none.
    pub malformed: Vec<Malformed>,
    /// Plugins that aren't known to be ours.
    pub unrecognised: Vec<Unrecognised>,
    /// The messages around the filters.
    pub messages: Vec<Message>,
    /// What routes override.
    pub overrides: Vec<RouteOverride>,
    /// What is wrong with the file whatever its filters say.
    pub findings: Vec<Finding>,
}

/// A plugin that isn't known to be ours.
#[derive(Clone, Debug)]
pub struct Unrecognised {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: Position,
    /// Why it isn't known.
    pub reason: String,
    /// Where a word stands that can only be a mistake.
    pub mistake: Option<Position>,
}

/// A part of a file that is a message of Envoy's, or a custom resource.
pub struct Message {
    /// What its messages may hold.
    pub table: &'static Table,
    /// Which message it is.
    pub name: String,
    /// The part.
    pub node: Node,
    /// Who reads it.
    pub reader: Reader,
    /// Whether it is all there.
    pub completeness: Completeness,
}

/// Finds all filters in a file. `kind` says whose configuration it is where it is a bare one.
///
/// # Errors
/// [`Malformed`] when the file is neither YAML nor JSON.
pub fn find(source: &Source, kind: Option<FilterKind>) -> Result<Found, Malformed> {
    let mut finder = Finder {
        source,
        reader: if source.text.trim_start().starts_with('{') {
            Reader::EnvoyJson
        } else {
            Reader::EnvoyYaml
        },
        kind,
        found: Found::default(),
    };
    finder.text(&source.text, &Embedding::File)?;
    Ok(finder.found)
}

pub(crate) struct Finder<'a> {
    source: &'a Source,
    /// How Envoy reads what it is given as this file.
    reader: Reader,
    kind: Option<FilterKind>,
    found: Found,
}

impl Finder<'_> {
    /// Looks through a text of documents.
    fn text(&mut self, text: &str, embedding: &Embedding) -> Result<(), Malformed> {
        let parsed = parse_embedded(text, embedding)?;
        self.found.repeated.extend(parsed.repeated);
        // Kubernetes takes merge keys for what they are.
        if !parsed
            .documents
            .iter()
            .any(|document| document.get("apiVersion").is_some())
        {
            self.found.merged.extend(parsed.merged);
        }
        for document in &parsed.documents {
            self.document(document, embedding);
        }
        Ok(())
    }

    fn document(&mut self, document: &Node, embedding: &Embedding) {
        let kind = document.get("kind").and_then(Node::text).unwrap_or_default();
        let group = document
            .get("apiVersion")
            .and_then(Node::text)
            .unwrap_or_default();
        let group_name = group.split('/').next().unwrap_or_default();
        let resource = format!("{group_name}/{kind}");
        if Table::manifests().knows(&resource) {
            self.found.messages.push(Message {
                table: Table::manifests(),
                name: resource,
                node: document.clone(),
                reader: Reader::Kubernetes,
                completeness: Completeness::Whole,
            });
        }
        match (kind, group_name) {
            ("List", _) => {
                for item in document.get("items").map(Node::items).unwrap_or_default() {
                    self.document(item, embedding);
                }
            }
            ("ConfigMap", "v1") => self.config_map(document, embedding),
            ("WasmPlugin", "extensions.higress.io") => self.higress(document),
            ("WasmPlugin" | "TrafficExtension", "extensions.istio.io") => self.istio(document),
            ("EnvoyExtensionPolicy", "gateway.envoyproxy.io") => self.envoy_gateway(document),
            _ => {
                let before = self.found.chains.len() + self.found.unrecognised.len();
                let reader = if group.is_empty() {
                    self.reader
                } else {
                    Reader::Kubernetes
                };
                self.envoy(document, reader, embedding);
                self.messages(document, reader);
                let found = self.found.chains.len() + self.found.unrecognised.len();
                if found == before && group.is_empty() {
                    self.bare(document);
                }
            }
        }
    }

    /// A document that is a filter's configuration and nothing else.
    fn bare(&mut self, document: &Node) {
        let value = read(document, Reader::Exact, &mut Vec::new());
        let candidates = FilterKind::candidates(&value);
        let named = FilterKind::mentioned(&self.source.name).filter(|_| value.is_object());
        let kind = match (self.kind, candidates.as_slice(), named) {
            (Some(kind), ..) => kind,
            (None, [one], _) => *one,
            (None, [], Some(named)) => named,
            (None, several, Some(named)) if several.contains(&named) => named,
            (None, [], None) => return,
            (None, several, _) => {
                let names: Vec<_> = several.iter().map(|kind| kind.name()).collect();
                let message = format!(
                    "this may be a configuration of {}: nothing in it is one filter's own",
                    names.join(", ")
                );
                let finding = Finding::new(Rule::WhoseIsIt, document.at, message);
                self.found
                    .findings
                    .push(finding.help("say whose it is with --filter"));
                return;
            }
        };
        let slot = Slot::new(kind, document.at, Carrier::Bare);
        self.found.chains.push(Chain::of(vec![Slot {
            configuration: Configuration::Document {
                node: document.clone(),
                reader: Reader::Exact,
            },
            ..slot
        }]));
    }
}
