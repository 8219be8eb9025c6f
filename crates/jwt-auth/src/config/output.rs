use crate::{
    document::provider::{Format, HeaderDocument},
    json::is_exact,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_fields::ClaimPath;
use http_filter::{Bytes, FieldName};
use serde_json::{Map, Value};

/// What a provider's verified tokens put into the request: headers from claims, and the payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outputs {
    pub(crate) headers: Vec<(FieldName, ClaimPath, Format)>,
    pub(crate) payload: Option<FieldName>,
}

impl Outputs {
    pub(crate) fn push(&mut self, header: FieldName, document: HeaderDocument) {
        let path = ClaimPath::new(document.claim.0);
        self.headers.push((header, path, document.format));
    }

    /// The names of all headers that are ours to set.
    pub(crate) fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.headers.iter().map(|(name, ..)| name).chain(&self.payload)
    }

    /// The header lines for a token, and how many were withheld because a value can't be written safely.
    pub(crate) fn write(
        &self,
        claims: &Map<String, Value>,
        payload: &[u8],
    ) -> (Vec<(FieldName, Bytes)>, u64) {
        let mut lines = Vec::new();
        let mut withheld = 0;
        for (name, path, format) in &self.headers {
            match path.find(claims) {
                None | Some(Value::Null) => {}
                Some(value) => match text(value, *format).filter(|text| is_field_value(text)) {
                    Some(text) => lines.push((name.clone(), Bytes::shared(text.into_bytes()))),
                    None => withheld += 1,
                },
            }
        }
        if let Some(name) = &self.payload {
            lines.push((
                name.clone(),
                Bytes::shared(URL_SAFE_NO_PAD.encode(payload).into_bytes()),
            ));
        }
        (lines, withheld)
    }
}

/// A claim as text; `None` where the format has no way to write it that reads back as the same.
fn text(value: &Value, format: Format) -> Option<String> {
    match (value, format) {
        (value, _) if !is_exact(value) => None,
        (Value::Array(members), Format::Csv) => {
            let texts: Option<Vec<String>> = members
                .iter()
                .map(|member| scalar(member).filter(|text| !text.contains(',')))
                .collect();
            texts.map(|texts| texts.join(","))
        }
        (Value::Object(_), Format::Csv) => None,
        (Value::Array(_) | Value::Object(_), Format::Json) => serde_json::to_string(value).ok(),
        (scalar_value, _) => scalar(scalar_value),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("true".into()),
        Value::Bool(false) => Some("false".into()),
        _ => None,
    }
}

/// Whether the text may stand in a field line (RFC 9110 §5.5): no control characters, no space at its ends.
fn is_field_value(text: &str) -> bool {
    !text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) && text.trim_ascii().len() == text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_as_text() {
        for (name, value, format, expected) in [
            ("string", json!("a b"), Format::Csv, Some("a b")),
            (
                "integer",
                json!(9_007_199_254_740_993_u64),
                Format::Csv,
                Some("9007199254740993"),
            ),
            ("negative", json!(-1), Format::Json, Some("-1")),
            ("decimal", json!(1.5), Format::Csv, Some("1.5")),
            ("beyond 64 bits", json!(1e20), Format::Csv, None),
            ("beyond 64 bits, deep", json!({"a": [1e20]}), Format::Json, None),
            ("true", json!(true), Format::Csv, Some("true")),
            ("list", json!(["a", 1, false]), Format::Csv, Some("a,1,false")),
            ("empty list", json!([]), Format::Csv, Some("")),
            ("a comma inside", json!(["a,b"]), Format::Csv, None),
            ("list as JSON", json!(["a,b"]), Format::Json, Some(r#"["a,b"]"#)),
            ("nested", json!([["a"]]), Format::Csv, None),
            ("object", json!({"a": 1}), Format::Csv, None),
            (
                "object as JSON",
                json!({"a": 1}),
                Format::Json,
                Some(r#"{"a":1}"#),
            ),
        ] {
            assert_eq!(text(&value, format).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn what_could_split_a_request_is_withheld() {
        let mut outputs = Outputs::default();
        for header in ["x-a", "x-b", "x-c", "x-d"] {
            let claim = http_filter::OneOrMany(vec![header.to_owned()]);
            outputs.push(
                header.into(),
                HeaderDocument {
                    claim,
                    format: Format::Csv,
                },
            );
        }
        let claims = json!({"x-a": "a\r\nb", "x-b": "\u{0}", "x-c": "é", "x-d": " a"});
        let (lines, withheld) = outputs.write(claims.as_object().unwrap(), b"");
        assert_eq!(lines, [("x-c".into(), "é".into())]);
        assert_eq!(withheld, 3);
    }
}
