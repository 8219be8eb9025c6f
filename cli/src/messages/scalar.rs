//! Whether a scalar is a value of a field's type, as protobuf's JSON reader has it.

use super::Table;
use crate::document::{Reader, Scalar, Style, read_scalar};
use serde_json::Value;

/// What is expected where `scalar` stands; nothing where that is what it is.
pub(super) fn expected(
    scalar: &Scalar,
    kind: &str,
    bounds: &Value,
    table: &Table,
    reader: Reader,
) -> Option<String> {
    let value = read_scalar(scalar, reader);
    match kind {
        "bool" | "google.protobuf.BoolValue" => (!value.is_boolean()).then(|| "true or false".to_owned()),
        "string" | "google.protobuf.StringValue" => text(&value, bounds),
        "bytes" | "google.protobuf.BytesValue" => bytes(&value, bounds),
        "google.protobuf.Duration" => duration(&value, bounds),
        "google.protobuf.Timestamp" | "google.protobuf.Value" => None,
        _ => match (number_range(kind), table.values(kind)) {
            (Some(range), _) => number(&value, range, bounds),
            (None, Some(values)) => enumerated(&value, &values, bounds),
            (None, None) => Some("an object".to_owned()),
        },
    }
}

/// How a scalar is shown in a message.
pub(super) fn shown(scalar: &Scalar) -> String {
    match scalar.style {
        Style::Plain if !scalar.text.is_empty() => format!("`{}`", scalar.text),
        Style::Literal | Style::Folded => "a block of text".to_owned(),
        _ => format!("{:?}", scalar.text),
    }
}

fn text(value: &Value, bounds: &Value) -> Option<String> {
    let Some(text) = value.as_str() else {
        return Some("a text: write it in quotes".to_owned());
    };
    let allowed = bounds.get("in").and_then(Value::as_array);
    if let Some(allowed) = allowed.filter(|allowed| !allowed.contains(value)) {
        let allowed: Vec<_> = allowed.iter().filter_map(Value::as_str).collect();
        return Some(format!("one of {}", allowed.join(", ")));
    }
    if let Some(prefix) = bounds.get("prefix").and_then(Value::as_str)
        && !text.starts_with(prefix)
    {
        return Some(format!("a text that begins with {prefix:?}"));
    }
    length(text.len(), bounds, "characters")
}

fn bytes(value: &Value, bounds: &Value) -> Option<String> {
    use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE};
    let text = value.as_str().unwrap_or("?");
    let decoded = BASE64_STANDARD
        .decode(text)
        .or_else(|_| BASE64_URL_SAFE.decode(text));
    match decoded {
        Ok(bytes) => length(bytes.len(), bounds, "bytes"),
        Err(_) => Some("bytes in base64".to_owned()),
    }
}

fn length(length: usize, bounds: &Value, unit: &str) -> Option<String> {
    let bound = |name| {
        bounds
            .get(name)
            .and_then(Value::as_u64)
            .and_then(|bound| usize::try_from(bound).ok())
    };
    match (bound("min_len"), bound("max_len")) {
        (Some(1), _) if length == 0 => Some("something".to_owned()),
        (Some(least), _) if length < least => Some(format!("at least {least} {unit}")),
        (_, Some(most)) if length > most => Some(format!("at most {most} {unit}")),
        _ => None,
    }
}

/// A duration of protobuf's JSON: seconds, with at most nine decimals, and an `s`.
fn duration(value: &Value, bounds: &Value) -> Option<String> {
    const FORM: &str = "seconds with an s, such as 1s or 0.25s";
    let digits = value
        .as_str()
        .and_then(|text| text.strip_suffix('s'))
        .unwrap_or_default();
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: f64 = match digits.parse() {
        Ok(seconds) if is_number(whole) && is_number(decimals) && decimals.len() <= 9 => seconds,
        _ => return Some(FORM.to_owned()),
    };
    if seconds.abs() > LONGEST_DURATION {
        return Some(FORM.to_owned());
    }
    range(seconds, bounds, "s")
}

fn number(value: &Value, (least, most): (f64, f64), bounds: &Value) -> Option<String> {
    let number = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    let is_whole = least.is_finite();
    let kind = if is_whole { "a whole number" } else { "a number" };
    match number {
        None => Some(kind.to_owned()),
        Some(number) if is_whole && number.fract() != 0.0 => Some(kind.to_owned()),
        Some(number) if number < least || number > most => Some(format!("{kind} from {least} to {most}")),
        Some(number) => range(number, bounds, ""),
    }
}

fn range(number: f64, bounds: &Value, unit: &str) -> Option<String> {
    let bound = |name| bounds.get(name).and_then(Value::as_f64);
    for (name, holds, words) in [
        (
            "const",
            bound("const").is_none_or(|exactly| number == exactly),
            "",
        ),
        ("lt", bound("lt").is_none_or(|most| number < most), "less than "),
        ("lte", bound("lte").is_none_or(|most| number <= most), "at most "),
        ("gt", bound("gt").is_none_or(|least| number > least), "more than "),
        (
            "gte",
            bound("gte").is_none_or(|least| number >= least),
            "at least ",
        ),
    ] {
        if !holds {
            return Some(format!("{words}{}{unit}", bound(name).unwrap_or_default()));
        }
    }
    None
}

fn enumerated(value: &Value, values: &[&str], bounds: &Value) -> Option<String> {
    let place = match value {
        Value::String(text) => values.iter().position(|known| known == text),
        // A number of a value is taken as well, of one that isn't known too.
        Value::Number(number) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
            return number.is_none().then(|| format!("one of {}", values.join(", ")));
        }
        _ => None,
    };
    let holds = |name: &str, place: usize| {
        let listed = bounds.get(name).and_then(Value::as_array)?;
        Some(
            listed
                .iter()
                .any(|index| index.as_u64() == u64::try_from(place).ok()),
        )
    };
    match place {
        Some(place) if holds("not_in", place) != Some(true) && holds("in", place) != Some(false) => None,
        _ => Some(format!("one of {}", values.join(", "))),
    }
}

/// The least and the most that a type of numbers holds.
fn number_range(kind: &str) -> Option<(f64, f64)> {
    let short = kind.strip_prefix("google.protobuf.").unwrap_or(kind);
    Some(match short {
        "int32" | "Int32Value" => (f64::from(i32::MIN), f64::from(i32::MAX)),
        "uint32" | "UInt32Value" => (0.0, f64::from(u32::MAX)),
        "int64" | "Int64Value" => (-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_807.0),
        "uint64" | "UInt64Value" => (0.0, 18_446_744_073_709_551_615.0),
        "float" | "double" | "FloatValue" | "DoubleValue" => (f64::NEG_INFINITY, f64::INFINITY),
        _ => return None,
    })
}

/// As far as protobuf goes: ten thousand years.
const LONGEST_DURATION: f64 = 315_576_000_000.0;
