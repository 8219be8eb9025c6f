use super::Finder;
use crate::document::{Content, Embedding, Node};

impl Finder<'_> {
    /// Every text of a ConfigMap that is a document.
    pub(super) fn config_map(&mut self, document: &Node, embedding: &Embedding) {
        for (_, member) in document.get("data").map(Node::members).unwrap_or_default() {
            let Content::Scalar(scalar) = &member.content else {
                continue;
            };
            let inner = Embedding::of(scalar, &self.source.text, embedding);
            let text = scalar.text.trim_start();
            // Scripts and the like stand in ConfigMaps as well: what no filter is mentioned in is none of ours.
            let reader = self.reader;
            self.reader = if text.starts_with('{') {
                crate::document::Reader::EnvoyJson
            } else {
                crate::document::Reader::EnvoyYaml
            };
            if let Err(malformed) = self.text(&scalar.text, &inner)
                && crate::FilterKind::mentioned(text).is_some()
            {
                self.found.malformed.push(malformed);
            }
            self.reader = reader;
        }
    }
}
