//! Finds the configurations of the filters in the files that carry them.

mod assembled;
mod chain;
mod config_map;
mod envoy;
mod higress;
mod kubernetes;
mod slot;

pub use assembled::{Assembled, assemble};
pub use chain::{Chain, Connection};
pub use slot::{Carrier, Configuration, Slot};

use crate::{
    FilterKind,
    document::{Embedding, Malformed, Node, Reader, Scalar, parse_embedded, read},
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
    /// Texts in the file that should be documents and are none.
    pub malformed: Vec<Malformed>,
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
        match (kind, group.split('/').next().unwrap_or_default()) {
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
                let before = self.found.chains.len();
                let reader = if group.is_empty() {
                    self.reader
                } else {
                    Reader::Kubernetes
                };
                self.envoy(document, reader, embedding);
                if self.found.chains.len() == before && group.is_empty() {
                    self.bare(document);
                }
            }
        }
    }

    /// A document that is a filter's configuration and nothing else.
    fn bare(&mut self, document: &Node) {
        let value = read(document, Reader::Exact, &mut Vec::new());
        let kind = self
            .kind
            .or_else(|| FilterKind::of_configuration(&value))
            .or_else(|| FilterKind::mentioned(&self.source.name).filter(|_| value.is_object()));
        let Some(kind) = kind else { return };
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
