//! `google.protobuf.Struct` on the wire. Envoy documents that it hands such a configuration over as JSON; 1.40 hands
//! over the message, and people who write YAML want to write a `Struct`.

use crate::protobuf::{Fields, Value as Wire};
use serde_json::{Map, Number, Value};

/// Decodes a serialised `Struct`; `None` where the bytes are none.
pub(crate) fn decode(message: &[u8]) -> Option<Value> {
    object(message, MAX_DEPTH).map(Value::Object)
}

fn object(message: &[u8], depth: u32) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    for field in Fields(message) {
        // map<string, Value> fields = 1;
        let (1, Wire::Bytes(entry)) = field.ok()? else {
            return None;
        };
        let (mut key, mut member) = (String::new(), Value::Null);
        for part in Fields(entry) {
            match part.ok()? {
                (1, Wire::Bytes(text)) => key = String::from_utf8(text.to_vec()).ok()?,
                (2, Wire::Bytes(inner)) => member = value(inner, depth.checked_sub(1)?)?,
                _ => return None,
            }
        }
        members.insert(key, member);
    }
    Some(members)
}

fn value(message: &[u8], depth: u32) -> Option<Value> {
    let mut decoded = Value::Null;
    for field in Fields(message) {
        decoded = match field.ok()? {
            (1, Wire::Varint(_)) => Value::Null,
            (2, Wire::Fixed64(bits)) => Value::Number(Number::from_f64(f64::from_bits(bits))?),
            (3, Wire::Bytes(text)) => Value::String(String::from_utf8(text.to_vec()).ok()?),
            (4, Wire::Varint(flag)) => Value::Bool(flag != 0),
            (5, Wire::Bytes(inner)) => Value::Object(object(inner, depth.checked_sub(1)?)?),
            (6, Wire::Bytes(inner)) => Value::Array(list(inner, depth.checked_sub(1)?)?),
            _ => return None,
        };
    }
    Some(decoded)
}

fn list(message: &[u8], depth: u32) -> Option<Vec<Value>> {
    Fields(message)
        .map(|field| match field.ok()? {
            (1, Wire::Bytes(inner)) => value(inner, depth),
            _ => None,
        })
        .collect()
}

/// As deep as serde_json reads JSON.
const MAX_DEPTH: u32 = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
        let mut field = Vec::new();
        crate::protobuf::put_bytes(&mut field, number, content);
        field
    }

    fn encode(value: &Value) -> Vec<u8> {
        match value {
            Value::Null => vec![1 << 3, 0],
            Value::Bool(flag) => vec![4 << 3, u8::from(*flag)],
            Value::Number(number) => [&[2 << 3 | 1][..], &number.as_f64().unwrap().to_le_bytes()].concat(),
            Value::String(text) => bytes(3, text.as_bytes()),
            Value::Array(items) => bytes(
                6,
                &items
                    .iter()
                    .flat_map(|item| bytes(1, &encode(item)))
                    .collect::<Vec<_>>(),
            ),
            Value::Object(_) => bytes(5, &encode_struct(value)),
        }
    }

    fn encode_struct(value: &Value) -> Vec<u8> {
        let members = value.as_object().unwrap().iter();
        members
            .flat_map(|(key, value)| bytes(1, &[bytes(1, key.as_bytes()), bytes(2, &encode(value))].concat()))
            .collect()
    }

    #[test]
    fn structs_are_read_back() {
        let text = "x".repeat(300);
        for value in [
            json!({}),
            json!({"a": 1.5, "b": "ü", "c": true, "d": false, "e": null}),
            json!({"a": {"b": {"c": [1.0, ["x", {}], []]}}, "long": text}),
        ] {
            assert_eq!(decode(&encode_struct(&value)), Some(value));
        }
    }

    #[test]
    fn what_is_malformed_is_none() {
        let good = encode_struct(&json!({"a": {"b": [1.0]}}));
        for length in 1..good.len() {
            assert_eq!(decode(good.get(..length).unwrap()), None, "cut at {length}");
        }
        let nested = (0..1000).fold(vec![1 << 3, 0], |inner, _| bytes(5, &bytes(1, &bytes(2, &inner))));
        assert_eq!(decode(&bytes(1, &bytes(2, &nested))), None, "too deep");
        assert_eq!(
            decode(b"\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
            None,
            "a length beyond 64 bits"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_struct_or_none(message in prop::collection::vec(any::<u8>(), 0..200)) {
            decode(&message);
        }
    }
}
