//! protoc-gen-validate's `FieldRules`, as far as the table has them.

use prost::{Message, bytes::Buf, encoding::decode_varint};
use serde_json::{Map, Value, json};

/// Where the field that begins at `at` ends, if it is one of `fields`: numbers with their wire types.
pub(super) fn field_end(program: &[u8], at: usize, fields: &[(u64, u64)]) -> Option<usize> {
    let mut rest = program.get(at..)?;
    let tag = decode_varint(&mut rest).ok()?;
    if !fields.contains(&(tag >> 3, tag & 7)) {
        return None;
    }
    let value = decode_varint(&mut rest).ok()?;
    let begins = program.len() - rest.remaining();
    let length = if tag & 7 == 2 {
        usize::try_from(value).ok()?
    } else {
        0
    };
    begins.checked_add(length).filter(|end| *end <= program.len())
}

macro_rules! number_rules {
    ($($name:ident = $kind:ident, $rust:ty;)+) => {
        $(
            #[derive(Clone, PartialEq, Message)]
            struct $name {
                #[prost($kind, optional, tag = "1")]
                exactly: Option<$rust>,
                #[prost($kind, optional, tag = "2")]
                lt: Option<$rust>,
                #[prost($kind, optional, tag = "3")]
                lte: Option<$rust>,
                #[prost($kind, optional, tag = "4")]
                gt: Option<$rust>,
                #[prost($kind, optional, tag = "5")]
                gte: Option<$rust>,
                #[prost(bool, optional, tag = "8")]
                ignore_empty: Option<bool>,
            }

            impl $name {
                fn describe(&self, bounds: &mut Map<String, Value>) {
                    add(bounds, "const", self.exactly);
                    add(bounds, "lt", self.lt);
                    add(bounds, "lte", self.lte);
                    add(bounds, "gt", self.gt);
                    add(bounds, "gte", self.gte);
                    add(bounds, "ignore_empty", self.ignore_empty);
                }
            }
        )+
    };
}

number_rules! {
    FloatRules = float, f32;
    DoubleRules = double, f64;
    Int32Rules = int32, i32;
    Int64Rules = int64, i64;
    Uint32Rules = uint32, u32;
    Uint64Rules = uint64, u64;
}

#[derive(Clone, PartialEq, Message)]
struct BoolRules {
    #[prost(bool, optional, tag = "1")]
    exactly: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct StringRules {
    #[prost(string, optional, tag = "1")]
    exactly: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    min_len: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    max_len: Option<u64>,
    #[prost(uint64, optional, tag = "4")]
    min_bytes: Option<u64>,
    #[prost(uint64, optional, tag = "5")]
    max_bytes: Option<u64>,
    #[prost(string, optional, tag = "7")]
    prefix: Option<String>,
    #[prost(string, repeated, tag = "10")]
    among: Vec<String>,
    #[prost(bool, optional, tag = "26")]
    ignore_empty: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct BytesRules {
    #[prost(uint64, optional, tag = "2")]
    min_len: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    max_len: Option<u64>,
    #[prost(bool, optional, tag = "14")]
    ignore_empty: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct EnumRules {
    #[prost(int32, optional, tag = "1")]
    exactly: Option<i32>,
    #[prost(int32, repeated, tag = "3")]
    among: Vec<i32>,
    #[prost(int32, repeated, tag = "4")]
    not_among: Vec<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct MessageRules {
    #[prost(bool, optional, tag = "1")]
    skip: Option<bool>,
    #[prost(bool, optional, tag = "2")]
    required: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct RepeatedRules {
    #[prost(uint64, optional, tag = "1")]
    min_items: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    max_items: Option<u64>,
    #[prost(bool, optional, tag = "3")]
    unique: Option<bool>,
    #[prost(message, optional, boxed, tag = "4")]
    items: Option<Box<FieldRules>>,
    #[prost(bool, optional, tag = "5")]
    ignore_empty: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct MapRules {
    #[prost(uint64, optional, tag = "1")]
    min_pairs: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct AnyRules {
    #[prost(bool, optional, tag = "1")]
    required: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Span {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanoseconds: i32,
}

#[derive(Clone, PartialEq, Message)]
struct DurationRules {
    #[prost(bool, optional, tag = "1")]
    required: Option<bool>,
    #[prost(message, optional, tag = "3")]
    lt: Option<Span>,
    #[prost(message, optional, tag = "4")]
    lte: Option<Span>,
    #[prost(message, optional, tag = "5")]
    gt: Option<Span>,
    #[prost(message, optional, tag = "6")]
    gte: Option<Span>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct FieldRules {
    #[prost(message, optional, tag = "1")]
    float: Option<FloatRules>,
    #[prost(message, optional, tag = "2")]
    double: Option<DoubleRules>,
    #[prost(message, optional, tag = "3")]
    int32: Option<Int32Rules>,
    #[prost(message, optional, tag = "4")]
    int64: Option<Int64Rules>,
    #[prost(message, optional, tag = "5")]
    uint32: Option<Uint32Rules>,
    #[prost(message, optional, tag = "6")]
    uint64: Option<Uint64Rules>,
    #[prost(message, optional, tag = "13")]
    boolean: Option<BoolRules>,
    #[prost(message, optional, tag = "14")]
    string: Option<StringRules>,
    #[prost(message, optional, tag = "15")]
    bytes: Option<BytesRules>,
    #[prost(message, optional, tag = "16")]
    enumeration: Option<EnumRules>,
    #[prost(message, optional, tag = "17")]
    message: Option<MessageRules>,
    #[prost(message, optional, boxed, tag = "18")]
    repeated: Option<Box<RepeatedRules>>,
    #[prost(message, optional, tag = "19")]
    map: Option<MapRules>,
    #[prost(message, optional, tag = "20")]
    any: Option<AnyRules>,
    #[prost(message, optional, tag = "21")]
    duration: Option<DurationRules>,
}

impl FieldRules {
    /// Adds what it says to a field's line.
    pub(super) fn describe(&self, bounds: &mut Map<String, Value>) {
        if let Some(rules) = &self.float {
            rules.describe(bounds);
        }
        if let Some(rules) = &self.double {
            rules.describe(bounds);
        }
        if let Some(rules) = &self.int32 {
            rules.describe(bounds);
        }
        if let Some(rules) = &self.int64 {
            rules.describe(bounds);
        }
        if let Some(rules) = &self.uint32 {
            rules.describe(bounds);
        }
        if let Some(rules) = &self.uint64 {
            rules.describe(bounds);
        }
        if let Some(rules) = &self.boolean {
            add(bounds, "const", rules.exactly);
        }
        if let Some(rules) = &self.string {
            add(bounds, "const", rules.exactly.clone());
            add(bounds, "min_len", rules.min_len.or(rules.min_bytes));
            add(bounds, "max_len", rules.max_len.or(rules.max_bytes));
            add(bounds, "prefix", rules.prefix.clone());
            add(bounds, "in", Some(&rules.among).filter(|among| !among.is_empty()));
            add(bounds, "ignore_empty", rules.ignore_empty);
        }
        if let Some(rules) = &self.bytes {
            add(bounds, "min_len", rules.min_len);
            add(bounds, "max_len", rules.max_len);
            add(bounds, "ignore_empty", rules.ignore_empty);
        }
        if let Some(rules) = &self.enumeration {
            add(bounds, "const", rules.exactly);
            add(bounds, "in", Some(&rules.among).filter(|among| !among.is_empty()));
            add(
                bounds,
                "not_in",
                Some(&rules.not_among).filter(|among| !among.is_empty()),
            );
        }
        if let Some(rules) = &self.repeated {
            add(bounds, "min_items", rules.min_items);
            add(bounds, "max_items", rules.max_items);
            add(bounds, "unique", rules.unique);
            add(bounds, "ignore_empty", rules.ignore_empty);
            if let Some(items) = &rules.items {
                let mut of_items = Map::new();
                items.describe(&mut of_items);
                add(bounds, "items", Some(of_items).filter(|items| !items.is_empty()));
            }
        }
        if let Some(rules) = &self.map {
            add(bounds, "min_items", rules.min_pairs);
        }
        if let Some(rules) = &self.duration {
            let seconds = |span: Option<Span>| {
                #[allow(clippy::cast_precision_loss, reason = "bounds are small")]
                span.map(|span| span.seconds as f64 + f64::from(span.nanoseconds) / 1e9)
            };
            add(bounds, "lt", seconds(rules.lt));
            add(bounds, "lte", seconds(rules.lte));
            add(bounds, "gt", seconds(rules.gt));
            add(bounds, "gte", seconds(rules.gte));
        }
        let required = [
            self.message.as_ref().and_then(|rules| rules.required),
            self.any.as_ref().and_then(|rules| rules.required),
            self.duration.as_ref().and_then(|rules| rules.required),
        ];
        add(bounds, "required", required.contains(&Some(true)).then_some(true));
    }
}

fn add(bounds: &mut Map<String, Value>, name: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value {
        bounds.insert(name.to_owned(), json!(value));
    }
}
