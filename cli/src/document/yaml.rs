//! YAML and JSON (which is YAML), with positions.

use super::{Content, Embedding, Node, Position, Scalar, Style};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};
use std::collections::BTreeMap;

/// What a text was found to hold.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Its documents, without empty ones.
    pub documents: Vec<Node>,
    /// Names that stand in a map for the second time.
    pub repeated: Vec<Scalar>,
    /// Merge keys (`<<`), whose members stand in the documents as if they were written there.
    pub merged: Vec<Scalar>,
}

/// A text that is neither YAML nor JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Malformed {
    /// Where it stops being so.
    pub at: Position,
    /// What the parser says.
    pub problem: String,
}

/// Parses a file.
///
/// # Errors
/// [`Malformed`].
pub fn parse(text: &str) -> Result<Parsed, Malformed> {
    parse_embedded(text, &Embedding::File)
}

/// Parses a text that stands somewhere in a file; positions are those in the file.
///
/// # Errors
/// [`Malformed`].
pub fn parse_embedded(text: &str, embedding: &Embedding) -> Result<Parsed, Malformed> {
    let mut builder = Builder {
        embedding,
        parsed: Parsed::default(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        nodes: 0,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Malformed {
            at: embedding.position(position(*error.marker())),
            problem: error.info().to_owned(),
        })?;
        builder.take(event, span)?;
    }
    let is_empty = |node: &Node| matches!(&node.content, Content::Scalar(scalar) if scalar.text.is_empty() || scalar.text == "~");
    builder.parsed.documents.retain(|node| !is_empty(node));
    Ok(builder.parsed)
}

struct Builder<'a> {
    embedding: &'a Embedding,
    parsed: Parsed,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
}

/// A list or a map that isn't complete.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Scalar>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Malformed> {
        let at = self.embedding.position(position(span.start));
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.is_some_and(|tag| tag.suffix == "str");
                let scalar = Scalar {
                    at,
                    text: text.into_owned(),
                    style: match style {
                        ScalarStyle::Plain if !is_text => Style::Plain,
                        ScalarStyle::Literal => Style::Literal,
                        ScalarStyle::Folded => Style::Folded,
                        _ => Style::Quoted,
                    },
                };
                self.add(
                    Node {
                        at,
                        content: Content::Scalar(scalar),
                    },
                    anchor,
                )
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => {
                    node.walk(&mut |_| self.nodes += 1);
                    self.add(node, 0)
                }
                None => Err(malformed(at, "an alias of something that isn't complete yet")),
            },
            Event::SequenceStart(anchor, _) => self.begin(Content::List(Vec::new()), at, anchor),
            Event::MappingStart(anchor, _) => self.begin(Content::Map(Vec::new()), at, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let node = self.merged(open.node);
                    self.add(node, open.anchor)
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// A map with the members of those that its merge keys name, but for names that it has itself.
    fn merged(&mut self, mut node: Node) -> Node {
        let Content::Map(members) = &mut node.content else {
            return node;
        };
        let is_merge = |key: &Scalar| key.style == Style::Plain && key.text == "<<";
        let (merges, own): (Vec<_>, Vec<_>) = std::mem::take(members)
            .into_iter()
            .partition(|(key, _)| is_merge(key));
        *members = own;
        for (key, source) in merges {
            let sources = match source.content {
                Content::List(items) => items,
                _ => vec![source],
            };
            for (name, member) in sources.iter().flat_map(Node::members) {
                if !members.iter().any(|(own, _)| own.text == name.text) {
                    members.push((name.clone(), member.clone()));
                }
            }
            self.parsed.merged.push(key);
        }
        node
    }

    fn begin(&mut self, content: Content, at: Position, anchor: usize) -> Result<(), Malformed> {
        if self.open.len() >= MAX_DEPTH {
            return Err(malformed(at, "nested deeper than 128 levels"));
        }
        self.open.push(Open {
            node: Node { at, content },
            anchor,
            key: None,
        });
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Malformed> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(malformed(node.at, "more than a million values, aliases resolved"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.parsed.documents.push(node);
            return Ok(());
        };
        match (&mut open.node.content, open.key.take()) {
            (Content::List(items), _) => items.push(node),
            (Content::Map(members), Some(key)) => {
                if members.iter().any(|(known, _)| known.text == key.text) {
                    self.parsed.repeated.push(key.clone());
                }
                members.push((key, node));
            }
            (Content::Map(_), None) => match node.content {
                Content::Scalar(key) => open.key = Some(key),
                _ => return Err(malformed(node.at, "a list or a map as a member's name")),
            },
            (Content::Scalar(_), _) => {}
        }
        Ok(())
    }
}

fn malformed(at: Position, problem: &str) -> Malformed {
    Malformed {
        at,
        problem: problem.to_owned(),
    }
}

fn position(marker: Marker) -> Position {
    Position {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

/// As deep as serde_json reads JSON.
const MAX_DEPTH: usize = 128;
/// Aliases of aliases grow a file of a few lines beyond any memory.
const MAX_NODES: usize = 1_000_000;
