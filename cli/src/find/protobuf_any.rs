use super::{Configuration, Finder, named_type::kind_of};
use crate::document::{Content, Embedding, Malformed, Node, Position, Reader, parse_embedded};

impl Finder<'_> {
    /// The document in a `google.protobuf.Any`.
    pub(super) fn message(&self, message: &Node, reader: Reader, embedding: &Embedding) -> Configuration {
        let kind = kind_of(message);
        let value = message.get("value");
        match (
            kind.rsplit(['/', '.']).next().unwrap_or_default(),
            value.map(|node| &node.content),
        ) {
            // Any other form, and what isn't there, is what the message around it is judged for.
            ("Struct", Some(Content::Map(_))) => {
                value.map_or(Configuration::None, |node| Configuration::Document {
                    node: node.clone(),
                    reader,
                })
            }
            ("StringValue", Some(Content::Scalar(scalar))) => {
                let inner = Embedding::of(scalar, &self.source.text, embedding);
                self.json(&scalar.text, &inner)
            }
            ("Struct" | "StringValue" | "", _) => Configuration::None,
            _ => Configuration::WrongType(
                message.get("@type").map_or(message.at, |kind| kind.at),
                kind.to_owned(),
            ),
        }
    }

    /// JSON is what the filter reads; YAML would pass here and be refused there.
    fn json(&self, text: &str, inner: &Embedding) -> Configuration {
        let json: Result<serde_json::Value, _> = serde_json::from_str(text);
        match (json, parse_embedded(text, inner)) {
            (_, Ok(parsed)) if parsed.documents.is_empty() => Configuration::None,
            (Ok(_), Ok(parsed)) => match parsed.documents.into_iter().next() {
                Some(node) => Configuration::Document {
                    node,
                    reader: Reader::Exact,
                },
                None => Configuration::None,
            },
            (Err(error), _) => Configuration::Malformed(Malformed {
                at: inner.position(Position {
                    line: error.line(),
                    column: error.column().max(1),
                }),
                problem: format!("the text of a StringValue is no JSON: {}", bare(&error)),
            }),
            (_, Err(malformed)) => Configuration::Malformed(malformed),
        }
    }
}

/// A message of serde_json without its place, which is another here.
fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
