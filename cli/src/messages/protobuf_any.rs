//! Messages that name their own types.

use super::walk::{Walk, found};
use crate::{
    check::{Finding, Rule},
    document::{Content, Node, Position, Scalar},
    messages::Completeness,
};
use http_filter::document::nearest;
use serde_json::Value;

impl Walk<'_> {
    /// A message that names its own type.
    pub(super) fn any(&mut self, node: &Node, at: Position) {
        let Content::Map(members) = &node.content else {
            return self.wrong(node.at, &found(node), "an object with \"@type\"");
        };
        let Some((_, named)) = members.iter().find(|(key, _)| key.text == "@type") else {
            // Where an extension's configuration may be left out, an empty one may stand as well.
            let is_extension = self
                .path
                .last()
                .is_some_and(|field| matches!(field.as_str(), "typed_config" | "typedConfig"));
            if is_extension || !members.is_empty() {
                self.missing(at, "@type", false);
            }
            return;
        };
        let url = named.text().unwrap_or_default();
        let Some((_, name)) = url.rsplit_once('/') else {
            return self.wrong(
                named.at,
                &format!("{url:?}"),
                "type.googleapis.com/ and the name of a message",
            );
        };
        let path = std::mem::take(&mut self.path);
        if name.starts_with("google.protobuf.") {
            self.well_known(name, members, at);
        } else if name.ends_with(".TypedStruct") {
            self.typed_struct(name, node, at);
        } else if self.table.knows(name) {
            self.message(name, node, at, Completeness::Whole);
        } else {
            // The table holds the extensions that stand around the filters only: what is nearly one of them is meant as it.
            let known = self.table.names().chain(WELL_KNOWN);
            if let Some(meant) = known.into_iter().find(|meant| is_slip(name, meant)) {
                self.wrong(named.at, &format!("the message {name:?}"), "one that Envoy has");
                if let Some(last) = self.found.last_mut() {
                    last.help = Some(format!("did you mean `{meant}`?"));
                }
            }
        }
        self.path = path;
    }

    /// A message whose JSON is its `value`.
    fn well_known(&mut self, name: &str, members: &[(Scalar, Node)], at: Position) {
        for (key, member) in members {
            match key.text.as_str() {
                "@type" => {}
                "value" => self.value(name, &Value::Null, member, key.at),
                other => {
                    let short = name.rsplit('.').next().unwrap_or_default();
                    let message =
                        format!("found it beside `value`, expected \"@type\" and `value` only in a {short}");
                    let finding = Finding::new(Rule::UnknownField, key.at, message).about_field(other);
                    self.found
                        .push(finding.help("indent it, so that it stands under `value`"));
                }
            }
        }
        if !members.iter().any(|(key, _)| key.text == "value") && name != "google.protobuf.Empty" {
            self.missing(at, "value", false);
        }
    }

    /// A message whose type stands beside its fields, which are as in a message.
    pub(super) fn typed_struct(&mut self, name: &str, node: &Node, at: Position) {
        self.message(name, node, at, Completeness::Whole);
        let url = node
            .any(&["type_url", "typeUrl"])
            .and_then(Node::text)
            .unwrap_or_default();
        let of = url.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(value) = node.get("value").filter(|_| self.table.knows(&of)) {
            self.message(&of, value, value.at, Completeness::Whole);
        }
    }
}

/// The messages of protobuf's own that configurations of filters are.
const WELL_KNOWN: [&str; 3] = [
    "google.protobuf.Struct",
    "google.protobuf.StringValue",
    "google.protobuf.BytesValue",
];

/// Whether two names differ by a slip or two, not by a word.
fn is_slip(a: &str, b: &str) -> bool {
    let mut differing = a.split('.').zip(b.split('.')).filter(|(a, b)| a != b);
    let in_one_word = a.split('.').count() == b.split('.').count()
        && differing
            .next()
            .is_some_and(|(a, b)| nearest(a, &[b]).is_some() && a.len().abs_diff(b.len()) <= 2)
        && differing.next().is_none();
    in_one_word || in_one_place(a.as_bytes(), b.as_bytes())
}

/// Whether two names differ in two letters in a row at most: a dot may be among them.
fn in_one_place(a: &[u8], b: &[u8]) -> bool {
    let same = |(a, b): &(&u8, &u8)| a == b;
    let begin = a.iter().zip(b).take_while(same).count();
    let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    a.len().abs_diff(b.len()) <= 2 && begin + end + 2 >= a.len().max(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
        let meant = "google.protobuf.Struct";
        for (written, expected) in [
            ("google.prtoobuf.Struct", true),
            ("googleqprotobuf.Struct", true),
            ("google.protobuf.Strcut", true),
            ("google.proto.buf.Struct", true),
            ("google.protobuf.Str", false),
            ("google.protobuf.StringValue", false),
            ("google.api.Struct", false),
        ] {
            assert_eq!(is_slip(written, meant), expected, "{written}");
        }
    }
}
