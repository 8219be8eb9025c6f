use super::{Content, Node, Position, Scalar, Style};
use crate::check::Rule;
use serde_json::{Map, Number, Value};

/// Who reads a document before the filter gets it: YAML means different things to different readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Envoy's YAML reader, into a protobuf `Struct`: numbers that are no 32-bit integers become texts, and `no` is a
    /// boolean.
    EnvoyYaml,
    /// A JSON reader into a protobuf `Struct`: every number is a double.
    EnvoyJson,
    /// Kubernetes, then a protobuf `Struct`: YAML 1.1, in which `no` is a boolean, and every number a double.
    Kubernetes,
    /// A reader of JSON text, and of plain YAML: what is written is what is meant.
    Exact,
}

/// Something that a reader understands as another thing than it seems to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands.
    pub at: Position,
    /// The kind of it.
    pub rule: Rule,
    /// What becomes of it.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// What the filter gets of a document, and what may surprise in it.
pub fn read(node: &Node, reader: Reader, remarks: &mut Vec<Remark>) -> Value {
    match &node.content {
        Content::Scalar(scalar) => remarked_scalar(scalar, reader, remarks),
        Content::List(items) => items.iter().map(|item| read(item, reader, remarks)).collect(),
        Content::Map(members) => {
            let mut object = Map::new();
            for (key, member) in members {
                object.insert(key.text.clone(), read(member, reader, remarks));
            }
            Value::Object(object)
        }
    }
}

/// What a reader makes of a scalar.
pub fn read_scalar(scalar: &Scalar, reader: Reader) -> Value {
    remarked_scalar(scalar, reader, &mut Vec::new())
}

fn remarked_scalar(scalar: &Scalar, reader: Reader, remarks: &mut Vec<Remark>) -> Value {
    let text = scalar.text.as_str();
    if scalar.style != Style::Plain {
        return Value::from(text);
    }
    if scalar.is_null() {
        return Value::Null;
    }
    if let Some(flag) = flag(text) {
        return Value::from(flag);
    }
    if let (Some(flag), Reader::EnvoyYaml | Reader::Kubernetes) = (old_flag(text, reader), reader) {
        let who = if reader == Reader::EnvoyYaml {
            "Envoy"
        } else {
            "Kubernetes"
        };
        remarks.push(Remark {
            at: scalar.at,
            rule: Rule::BooleanWord,
            message: format!("{who} reads {text} as the boolean {flag}, not as a text"),
            help: format!("write \"{text}\""),
        });
        return Value::from(flag);
    }
    let Some(number) = number(text) else {
        return Value::from(text);
    };
    number_value(scalar, number, reader, remarks)
}

fn number_value(scalar: &Scalar, number: Number, reader: Reader, remarks: &mut Vec<Remark>) -> Value {
    let text = scalar.text.as_str();
    let integer = number.as_i64();
    let mut remark = |rule, message, help| {
        remarks.push(Remark {
            at: scalar.at,
            rule,
            message,
            help,
        })
    };
    match reader {
        Reader::EnvoyYaml if integer.is_none_or(|integer| i32::try_from(integer).is_err()) => {
            let help = "write a whole number of at most 2147483647, or hand the configuration over as JSON in a StringValue";
            let message = format!("Envoy's YAML reader makes the text \"{text}\" of this number");
            remark(Rule::NumberBecomesText, message, help.to_owned());
            Value::from(text)
        }
        Reader::EnvoyJson | Reader::Kubernetes if !survives_as_double(&number) => {
            let message = format!(
                "on its way through a protobuf Struct {text} becomes {}: every number there is a double",
                number
                    .as_f64()
                    .map_or_else(String::new, |double| format!("{double:.0}"))
            );
            remark(
                Rule::NumberLosesDigits,
                message,
                format!("write \"{text}\", or a smaller number"),
            );
            number.as_f64().map_or(Value::Null, Value::from)
        }
        _ => Value::Number(number),
    }
}

fn survives_as_double(number: &Number) -> bool {
    let exact = |integer: u128| integer <= 1 << 53;
    match (number.as_u64(), number.as_i64()) {
        (Some(integer), _) => exact(u128::from(integer)),
        (None, Some(integer)) => exact(u128::from(integer.unsigned_abs())),
        (None, None) => true,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// What YAML 1.1 takes for a boolean besides.
fn old_flag(text: &str, reader: Reader) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        "y" | "Y" if reader == Reader::EnvoyYaml => Some(true),
        "n" | "N" if reader == Reader::EnvoyYaml => Some(false),
        _ => None,
    }
}

/// A number as the core schema of YAML 1.2 has them (§10.3.2); infinities and NaN are none of JSON's.
fn number(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    // What begins with a needless zero is a text to some readers, octal to others: nobody writes it for a number.
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let integer: i128 = digits.parse().ok()?;
        return Number::from_i128(if negative { -integer } else { integer })
            .or_else(|| Number::from_f64(digits.parse().ok()?));
    }
    if let Some(hexadecimal) = digits.strip_prefix("0x") {
        return u64::from_str_radix(hexadecimal, 16).ok().map(Number::from);
    }
    let plausible = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let double: f64 = text.parse().ok().filter(|_| plausible)?;
    Number::from_f64(double)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;
    use serde_json::json;

    #[test]
    fn readers_read_what_they_read() {
        let text =
            "[no, NO, \"no\", y, 5, 5000000000, 1.5, 9007199254740993, ~, 1e3, 0x10, 1.2.3.4, 10ms, true]";
        for (name, reader, expected, remarked) in [
            (
                "exact",
                Reader::Exact,
                json!([
                    "no",
                    "NO",
                    "no",
                    "y",
                    5,
                    5_000_000_000_u64,
                    1.5,
                    9_007_199_254_740_993_u64,
                    null,
                    1e3,
                    16,
                    "1.2.3.4",
                    "10ms",
                    true
                ]),
                0,
            ),
            (
                "Envoy's YAML",
                Reader::EnvoyYaml,
                json!([
                    false,
                    false,
                    "no",
                    true,
                    5,
                    "5000000000",
                    "1.5",
                    "9007199254740993",
                    null,
                    "1e3",
                    16,
                    "1.2.3.4",
                    "10ms",
                    true
                ]),
                7,
            ),
            (
                "Kubernetes",
                Reader::Kubernetes,
                json!([
                    false,
                    false,
                    "no",
                    "y",
                    5,
                    5_000_000_000_u64,
                    1.5,
                    9_007_199_254_740_992.0,
                    null,
                    1e3,
                    16,
                    "1.2.3.4",
                    "10ms",
                    true
                ]),
                3,
            ),
            (
                "JSON",
                Reader::EnvoyJson,
                json!([
                    "no",
                    "NO",
                    "no",
                    "y",
                    5,
                    5_000_000_000_u64,
                    1.5,
                    9_007_199_254_740_992.0,
                    null,
                    1e3,
                    16,
                    "1.2.3.4",
                    "10ms",
                    true
                ]),
                1,
            ),
        ] {
            let parsed = parse(text).expect("YAML");
            let mut remarks = Vec::new();
            let value = parsed
                .documents
                .first()
                .map(|node| read(node, reader, &mut remarks));
            assert_eq!(value, Some(expected), "{name}");
            assert_eq!(remarks.len(), remarked, "{name}: {remarks:?}");
        }
    }
}
