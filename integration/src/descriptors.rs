//! The messages that an Envoy knows, from the descriptors that its program holds: names, types, and the bounds that Envoy
//! checks (protoc-gen-validate).

mod rules;

use prost::Message;
use rules::FieldRules;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Every message and every enumeration that `program` describes, by full name.
#[derive(Default)]
pub struct Descriptors {
    messages: BTreeMap<String, MessageDescriptor>,
    enumerations: BTreeMap<String, Vec<String>>,
}

impl Descriptors {
    /// Finds the descriptors in a program: each begins with the name of its file, as its first field.
    #[must_use]
    pub fn of_program(program: &[u8]) -> Self {
        let mut all = Self::default();
        for start in program
            .windows(END_OF_NAME.len())
            .enumerate()
            .filter(|(_, window)| *window == END_OF_NAME)
            .map(|(at, _)| at + END_OF_NAME.len())
        {
            if let Some(file) = file_whose_name_ends(program, start) {
                all.add(file);
            }
        }
        all
    }

    fn add(&mut self, file: FileDescriptor) {
        for message in file.messages {
            self.add_message(&file.package, message);
        }
        for enumeration in file.enumerations {
            self.add_enumeration(&file.package, enumeration);
        }
    }

    fn add_message(&mut self, scope: &str, message: MessageDescriptor) {
        let name = format!("{scope}.{}", message.name);
        for inner in &message.messages {
            self.add_message(&name, inner.clone());
        }
        for inner in &message.enumerations {
            self.add_enumeration(&name, inner.clone());
        }
        self.messages.insert(name, message);
    }

    fn add_enumeration(&mut self, scope: &str, enumeration: EnumDescriptor) {
        let values = enumeration.values.into_iter().map(|value| value.name).collect();
        self.enumerations
            .insert(format!("{scope}.{}", enumeration.name), values);
    }

    /// What `roots` may hold, and what that may hold, as `cli/src/messages/envoy.json` has it: a line per message.
    #[must_use]
    pub fn table(&self, roots: &[&str]) -> String {
        let mut messages = BTreeMap::new();
        let mut enumerations = BTreeSet::new();
        let mut waiting: Vec<String> = roots.iter().map(|root| (*root).to_owned()).collect();
        while let Some(name) = waiting.pop() {
            let Some(message) = self.messages.get(&name).filter(|_| !messages.contains_key(&name)) else {
                assert!(messages.contains_key(&name), "Envoy has no message {name}");
                continue;
            };
            let mut fields = Map::new();
            for field in &message.fields {
                let entry = message.messages.iter().find(|inner| {
                    inner.options.as_ref().is_some_and(|options| options.map_entry)
                        && field.type_name == format!(".{name}.{}", inner.name)
                });
                let of = entry.map_or(field, |entry| entry.fields.last().unwrap());
                let of_name = of.type_name.trim_start_matches('.');
                match of.kind {
                    MESSAGE if !is_well_known(of_name) => waiting.push(of_name.to_owned()),
                    ENUMERATION => {
                        enumerations.insert(of_name.to_owned());
                    }
                    _ => {}
                }
                let many = match (entry, field.label) {
                    (Some(_), _) => "{}",
                    (None, REPEATED) => "[]",
                    _ => "",
                };
                fields.insert(
                    field.name.clone(),
                    described(field, &format!("{many}{}", kind(of))),
                );
            }
            let mut line = json!({"fields": fields});
            let alternatives: Vec<Value> = alternatives(message);
            if !alternatives.is_empty() {
                line["one_of"] = alternatives.into();
            }
            messages.insert(name, line);
        }
        let lines = |entries: Vec<(String, Value)>| {
            let lines: Vec<_> = entries
                .iter()
                .map(|(name, value)| format!("{}:{value}", json!(name)))
                .collect();
            lines.join(",\n")
        };
        let enumerations = enumerations
            .into_iter()
            .map(|name| (name.clone(), json!(self.enumerations[&name])));
        format!(
            "{{\"messages\":{{\n{}\n}},\n\"enumerations\":{{\n{}\n}}}}\n",
            lines(messages.into_iter().collect()),
            lines(enumerations.collect())
        )
    }
}

/// A field, as a line of the table has it: its type, or an object with the type and its bounds.
fn described(field: &FieldDescriptor, kind: &str) -> Value {
    let mut bounds = Map::new();
    if let Some(rules) = field.options.as_ref().and_then(|options| options.rules.as_ref()) {
        rules.describe(&mut bounds);
    }
    if bounds.is_empty() {
        return kind.into();
    }
    bounds.insert("type".to_owned(), kind.into());
    bounds.into()
}

/// The fields of which at most one may be set, or exactly one.
fn alternatives(message: &MessageDescriptor) -> Vec<Value> {
    let of = |index: usize| -> Vec<&str> {
        let fields = message.fields.iter().filter(|field| {
            field.is_optional != Some(true) && field.alternative == i32::try_from(index).ok()
        });
        fields.map(|field| field.name.as_str()).collect()
    };
    let alternatives = message.alternatives.iter().enumerate();
    alternatives
        .map(|(index, alternative)| (of(index), alternative))
        .filter(|(fields, _)| !fields.is_empty())
        .map(|(fields, alternative)| {
            let options = alternative.options.as_ref();
            match options.is_some_and(|options| options.required) {
                true => json!({"fields": fields, "required": true}),
                false => json!({"fields": fields}),
            }
        })
        .collect()
}

fn kind(field: &FieldDescriptor) -> &str {
    match field.kind {
        1 => "double",
        2 => "float",
        3 | 16 | 18 => "int64",
        4 | 6 => "uint64",
        5 | 15 | 17 => "int32",
        7 | 13 => "uint32",
        8 => "bool",
        9 => "string",
        12 => "bytes",
        _ => field.type_name.trim_start_matches('.'),
    }
}

/// Messages that JSON writes in a form of their own.
fn is_well_known(name: &str) -> bool {
    name.starts_with("google.protobuf.")
}

/// The descriptor whose file name ends before `at`.
fn file_whose_name_ends(program: &[u8], at: usize) -> Option<FileDescriptor> {
    let longest = at.min(LONGEST_NAME);
    let name = (END_OF_NAME.len()..longest).find(|length| {
        let tag = at
            .checked_sub(length + 2)
            .and_then(|start| program.get(start..start + 2));
        tag == Some(&[0x0a, u8::try_from(*length).unwrap_or_default()])
    })?;
    let start = at - name - 2;
    let mut end = at;
    // Until something follows that is no field of a descriptor.
    while let Some(next) = rules::field_end(program, end, &FIELDS) {
        end = next;
    }
    FileDescriptor::decode(program.get(start..end)?).ok()
}

const END_OF_NAME: &[u8] = b".proto";
const LONGEST_NAME: usize = 127;
/// The fields of `google.protobuf.FileDescriptorProto` behind the name, each with its wire type.
const FIELDS: [(u64, u64); 12] = [
    (2, 2),
    (3, 2),
    (4, 2),
    (5, 2),
    (6, 2),
    (7, 2),
    (8, 2),
    (9, 2),
    (10, 0),
    (11, 0),
    (12, 2),
    (14, 0),
];
const MESSAGE: i32 = 11;
const ENUMERATION: i32 = 14;
const REPEATED: i32 = 3;

/// `google.protobuf.FileDescriptorProto`, as far as it's asked for.
#[derive(Clone, PartialEq, Message)]
struct FileDescriptor {
    #[prost(string, tag = "2")]
    package: String,
    #[prost(message, repeated, tag = "4")]
    messages: Vec<MessageDescriptor>,
    #[prost(message, repeated, tag = "5")]
    enumerations: Vec<EnumDescriptor>,
}

#[derive(Clone, PartialEq, Message)]
struct MessageDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    fields: Vec<FieldDescriptor>,
    #[prost(message, repeated, tag = "3")]
    messages: Vec<MessageDescriptor>,
    #[prost(message, repeated, tag = "4")]
    enumerations: Vec<EnumDescriptor>,
    #[prost(message, optional, tag = "7")]
    options: Option<MessageOptions>,
    #[prost(message, repeated, tag = "8")]
    alternatives: Vec<OneofDescriptor>,
}

#[derive(Clone, PartialEq, Message)]
struct MessageOptions {
    #[prost(bool, tag = "7")]
    map_entry: bool,
}

#[derive(Clone, PartialEq, Message)]
struct FieldDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "4")]
    label: i32,
    #[prost(int32, tag = "5")]
    kind: i32,
    #[prost(string, tag = "6")]
    type_name: String,
    #[prost(message, optional, tag = "8")]
    options: Option<FieldOptions>,
    #[prost(int32, optional, tag = "9")]
    alternative: Option<i32>,
    #[prost(bool, optional, tag = "17")]
    is_optional: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct FieldOptions {
    /// The extension `validate.rules`.
    #[prost(message, optional, tag = "1071")]
    rules: Option<FieldRules>,
}

#[derive(Clone, PartialEq, Message)]
struct OneofDescriptor {
    #[prost(message, optional, tag = "2")]
    options: Option<OneofOptions>,
}

#[derive(Clone, PartialEq, Message)]
struct OneofOptions {
    /// The extension `validate.required`.
    #[prost(bool, tag = "1071")]
    required: bool,
}

#[derive(Clone, PartialEq, Message)]
struct EnumDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    values: Vec<EnumValue>,
}

#[derive(Clone, PartialEq, Message)]
struct EnumValue {
    #[prost(string, tag = "1")]
    name: String,
}
