//! `google.protobuf.Struct`, as Envoy takes dynamic metadata.

use http_filter::protobuf::put_bytes;
use serde_json::{Map, Value};

/// Serialises an object; without what nests deeper than protobuf reads.
pub(crate) fn serialised(object: &Map<String, Value>) -> Vec<u8> {
    message(object, DEPTH)
}

fn message(object: &Map<String, Value>, depth: u8) -> Vec<u8> {
    let mut fields = Vec::new();
    for (name, member) in object {
        // map<string, Value> fields = 1;
        let mut entry = Vec::new();
        put_bytes(&mut entry, 1, name.as_bytes());
        put_bytes(&mut entry, 2, &value(member, depth));
        put_bytes(&mut fields, 1, &entry);
    }
    fields
}

fn value(value: &Value, depth: u8) -> Vec<u8> {
    let mut wire = Vec::new();
    match value {
        Value::Bool(flag) => wire.extend([4 << 3, u8::from(*flag)]),
        Value::Number(number) => {
            wire.push(2 << 3 | 1);
            wire.extend(number.as_f64().unwrap_or_default().to_le_bytes());
        }
        Value::String(text) => put_bytes(&mut wire, 3, text.as_bytes()),
        Value::Object(members) if depth > 0 => put_bytes(&mut wire, 5, &message(members, depth - 1)),
        Value::Array(elements) if depth > 0 => {
            let mut list = Vec::new();
            for element in elements {
                put_bytes(&mut list, 1, &self::value(element, depth - 1));
            }
            put_bytes(&mut wire, 6, &list);
        }
        Value::Null | Value::Object(_) | Value::Array(_) => wire.extend([1 << 3, 0]),
    }
    wire
}

/// Each level is three messages, of which protobuf reads a hundred.
const DEPTH: u8 = 24;
