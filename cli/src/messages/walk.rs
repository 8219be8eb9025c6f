use super::{
    Table,
    placed::{self, in_snake_case},
    required::is_required,
    scalar,
    table::{Many, type_of},
};
use crate::{
    check::{Finding, Rule},
    document::{Content, Node, Position, Reader},
};
use http_filter::document::nearest;
use serde_json::{Map, Value};

/// Whether a message is all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It is: what it must hold and doesn't is a mistake.
    Whole,
    /// What stands in it is, but it is a part of one itself.
    Fragment,
    /// Neither it nor what stands in it: a patch is merged into something else.
    Patch,
}

/// What is wrong with `node` as the message `name` of `table`.
pub fn check(
    table: &Table,
    name: &str,
    node: &Node,
    reader: Reader,
    completeness: Completeness,
) -> Vec<Finding> {
    let mut walk = Walk {
        table,
        reader,
        found: Vec::new(),
        around: Vec::new(),
        path: Vec::new(),
        is_patch: completeness == Completeness::Patch,
    };
    walk.message(name, node, node.at, completeness);
    walk.found
}

pub(super) struct Walk<'a> {
    pub(super) table: &'a Table,
    reader: Reader,
    pub(super) found: Vec<Finding>,
    /// The messages around, each with the field that leads on.
    around: Vec<(String, String)>,
    /// The fields that lead here from the outermost message, or from the last one that names its own type.
    pub(super) path: Vec<String>,
    is_patch: bool,
}

impl Walk<'_> {
    pub(super) fn message(&mut self, name: &str, node: &Node, at: Position, completeness: Completeness) {
        let Some(fields) = self.table.fields(name) else {
            return;
        };
        let is_whole = completeness == Completeness::Whole && !self.is_patch;
        let Content::Map(members) = &node.content else {
            return self.wrong(node.at, &found(node), "an object");
        };
        let mut present = Vec::new();
        for (key, member) in members {
            let names_type = key.text == "@type" && self.path.is_empty();
            if names_type || is_null(member) {
                continue;
            }
            let field = in_snake_case(self.table, name, &key.text);
            let Some(kind) = fields.get(&field) else {
                self.unknown(name, &key.text, key.at);
                continue;
            };
            present.push((field.clone(), key.at));
            self.around.push((name.to_owned(), key.text.clone()));
            self.path.push(key.text.clone());
            self.field(kind, member, key.at);
            self.path.pop();
            self.around.pop();
        }
        let is_there = |field: &str| present.iter().any(|(name, _)| name == field);
        let alternatives = self.table.alternatives(name);
        for (group, required) in &alternatives {
            let set: Vec<_> = present
                .iter()
                .filter(|(name, _)| group.contains(&name.as_str()))
                .collect();
            if let [(first, _), (second, place), ..] = set.as_slice() {
                let expected = format!("one of the two: `{first}` is there already");
                self.path.push(second.clone());
                self.wrong(*place, "a second way to say it", &expected);
                self.path.pop();
            }
            // Envoy asks for a filter's configuration, although its message doesn't.
            let is_filter = name.ends_with(".HttpFilter") || name.ends_with(".wasm.v3.PluginConfig");
            if (*required || is_filter) && set.is_empty() && is_whole {
                self.missing(at, &group.join(", "), group.len() > 1);
            }
        }
        let is_alternative = |field: &str| alternatives.iter().any(|(group, _)| group.contains(&field));
        for (field, kind) in fields {
            // A Wasm filter without one of these has no module.
            let is_module = MODULE
                .iter()
                .any(|(message, part)| name.ends_with(message) && field == part);
            let is_needed = is_module || is_required(kind, self.table);
            if is_whole && !is_there(field) && !is_alternative(field) && is_needed {
                self.missing(at, field, false);
            }
        }
    }

    fn field(&mut self, kind: &Value, node: &Node, at: Position) {
        let none = Value::Null;
        let (many, of) = type_of(kind);
        let bounds = kind
            .get("items")
            .unwrap_or(if many == Many::One { kind } else { &none });
        match (many, &node.content) {
            (Many::One, _) => self.value(of, bounds, node, at),
            (Many::List, Content::List(items)) => {
                self.count(kind, items.len(), at);
                if kind.get("unique") == Some(&Value::Bool(true)) {
                    self.unique(items);
                }
                self.items(of, bounds, items);
            }
            (Many::Map, Content::Map(members)) => {
                self.count(kind, members.len(), at);
                for (key, member) in members {
                    self.path.push(key.text.clone());
                    self.value(of, bounds, member, key.at);
                    self.path.pop();
                }
            }
            (Many::List, _) => self.wrong(node.at, &found(node), "a list"),
            (Many::Map, _) => self.wrong(node.at, &found(node), "an object of names and values"),
        }
    }

    fn items(&mut self, of: &str, bounds: &Value, items: &[Node]) {
        for (index, item) in items.iter().enumerate() {
            self.path.push(format!("[{index}]"));
            match &item.content {
                // protobuf takes a list in a list for the items in it.
                Content::List(inner) => self.items(of, bounds, inner),
                _ => self.value(of, bounds, item, item.at),
            }
            self.path.pop();
        }
    }

    fn unique(&mut self, items: &[Node]) {
        for (index, item) in items.iter().enumerate() {
            let is_same = |other: &Node| item.text().is_some() && other.text() == item.text();
            if items.iter().take(index).any(is_same) {
                let twice = [&found(item), " a second time"].concat();
                self.wrong(item.at, &twice, "each item once");
            }
        }
    }

    fn count(&mut self, kind: &Value, count: usize, at: Position) {
        let bound = |name| kind.get(name).and_then(Value::as_u64);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        if let Some(least) = bound("min_items").filter(|least| count < *least) {
            self.wrong(at, &format!("{count}"), &format!("at least {least}"));
        }
        if let Some(most) = bound("max_items").filter(|most| count > *most) {
            self.wrong(at, &format!("{count}"), &format!("at most {most}"));
        }
    }

    pub(super) fn value(&mut self, kind: &str, bounds: &Value, node: &Node, at: Position) {
        match (kind, &node.content) {
            ("google.protobuf.Any", _) => self.any(node, at),
            ("google.protobuf.Value" | "google.protobuf.Empty" | "google.protobuf.FieldMask", _) => {}
            ("google.protobuf.Struct", Content::Map(_)) => {}
            ("google.protobuf.Struct", _) => self.wrong(node.at, &found(node), "an object"),
            ("google.protobuf.ListValue", _) => {}
            (kind, _) if kind.starts_with("google.protobuf.") && !WELL_KNOWN.contains(&kind) => {}
            ("xds.type.v3.TypedStruct" | "udpa.type.v1.TypedStruct", _) => self.typed_struct(kind, node, at),
            (kind, _) if self.table.knows(kind) => self.message(kind, node, at, Completeness::Whole),
            (kind, Content::Scalar(written)) => {
                if let Some(expected) = scalar::expected(written, kind, bounds, self.table, self.reader) {
                    self.wrong(node.at, &scalar::shown(written), &expected);
                    self.suggest(&written.text, self.table.values(kind).unwrap_or_default());
                }
            }
            (kind, _)
                if kind.contains(['.', '/'])
                    && self.table.values(kind).is_none()
                    && !kind.starts_with("google.") => {}
            (_, _) => self.wrong(node.at, &found(node), "a single value"),
        }
    }

    fn unknown(&mut self, message: &str, name: &str, at: Position) {
        let fields = self.table.fields(message).map(Map::len).unwrap_or_default();
        let text = if fields <= MOST_NAMED {
            let names: Vec<_> = self
                .table
                .fields(message)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect();
            format!("found an unknown field, expected one of {}", names.join(", "))
        } else {
            let short = message.rsplit(['.', '/']).next().unwrap_or_default();
            format!("found a field that {} doesn't know in {short}", self.table.reader)
        };
        let help = placed::help(self.table, message, name, &self.around);
        self.path.push(name.to_owned());
        self.say(Rule::UnknownField, at, text);
        self.path.pop();
        if let (Some(help), Some(last)) = (help, self.found.last_mut()) {
            last.help = Some(help);
        }
    }

    pub(super) fn wrong(&mut self, at: Position, found: &str, expected: &str) {
        self.say(
            Rule::WrongValue,
            at,
            format!("found {found}, expected {expected}"),
        );
    }

    pub(super) fn missing(&mut self, at: Position, what: &str, one_of: bool) {
        let text = if one_of {
            format!("found nothing, expected one of {what}")
        } else {
            format!("found no `{what}`, which {} wants", self.table.reader)
        };
        self.say(Rule::MissingField, at, text);
    }

    fn suggest(&mut self, written: &str, known: Vec<&str>) {
        if let (Some(meant), Some(last)) = (nearest(written, &known), self.found.last_mut()) {
            last.help = Some(format!("did you mean `{meant}`?"));
        }
    }

    fn say(&mut self, rule: Rule, at: Position, text: String) {
        let mut path = String::new();
        for step in &self.path {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            path.push_str(step);
        }
        self.found.push(Finding::new(rule, at, text).about_field(path));
    }
}

fn is_null(node: &Node) -> bool {
    matches!(&node.content, Content::Scalar(scalar) if scalar.is_null())
}

pub(super) fn found(node: &Node) -> String {
    match &node.content {
        Content::Scalar(written) => scalar::shown(written),
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "an object".to_owned(),
    }
}

/// The messages of protobuf's own whose JSON is a single value.
const WELL_KNOWN: [&str; 11] = [
    "google.protobuf.BoolValue",
    "google.protobuf.BytesValue",
    "google.protobuf.DoubleValue",
    "google.protobuf.Duration",
    "google.protobuf.FloatValue",
    "google.protobuf.Int32Value",
    "google.protobuf.Int64Value",
    "google.protobuf.StringValue",
    "google.protobuf.Timestamp",
    "google.protobuf.UInt32Value",
    "google.protobuf.UInt64Value",
];
/// Of messages with more fields than this, the names aren't listed.
const MOST_NAMED: usize = 16;

/// Where a Wasm filter's module stands, message by message.
const MODULE: [(&str, &str); 2] = [(".http.wasm.v3.Wasm", "config"), (".wasm.v3.VmConfig", "code")];
