//! Durations and sizes as people write them.

use crate::document::{Node, Read, Refused, Text};
use std::{str::FromStr, time::Duration};

/// A length of time in a configuration: `"250ms"`, `"10m"`, `"1h30m"`, `"1y"`.
///
/// Units are `ns`, `us`, `ms`, `s`, `m`, `h`, `d`, `w` and `y` (365 days); several may follow each other. A number
/// needs a unit, but for `0`.
///
/// ```
/// use config_document::Span;
/// use std::time::Duration;
/// assert_eq!("1h30m".parse::<Span>().unwrap().duration(), Duration::from_secs(5400));
/// assert!("10".parse::<Span>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(Duration);

impl Span {
    /// A span of so many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// A span of so many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// The span as a duration.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Span {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        if text == "0" {
            return Ok(Self::default());
        }
        let (mut total, mut rest) = (0u64, text);
        while !rest.is_empty() {
            let (number, unit, after) = quantity(rest).ok_or(InvalidQuantity(SPAN))?;
            let known = UNITS.iter().find(|(name, _)| *name == unit);
            let (_, nanoseconds) = known.ok_or(InvalidQuantity(SPAN))?;
            total = number
                .checked_mul(*nanoseconds)
                .and_then(|part| total.checked_add(part))
                .ok_or(InvalidQuantity(SPAN))?;
            rest = after;
        }
        if text.is_empty() {
            Err(InvalidQuantity(SPAN))
        } else {
            Ok(Self(Duration::from_nanos(total)))
        }
    }
}

/// A number of bytes in a configuration: `"64KiB"`, `"1MiB"`, `"500B"`, `"2kB"`, or a plain integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

impl ByteSize {
    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let (number, unit, rest) = quantity(text).ok_or(InvalidQuantity(SIZE))?;
        let bytes = match unit {
            "" | "B" => 1,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(InvalidQuantity(SIZE)),
        };
        if !rest.is_empty() {
            return Err(InvalidQuantity(SIZE));
        }
        number.checked_mul(bytes).map(Self).ok_or(InvalidQuantity(SIZE))
    }
}

/// A quantity that can't be read; it says what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct InvalidQuantity(&'static str);

/// The units of a span, in nanoseconds.
const UNITS: [(&str, u64); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
    ("y", 31_536_000_000_000_000),
];

const SPAN: &str = "a duration such as \"250ms\", \"10m\" or \"1h30m\"";
const SIZE: &str = "a size such as \"64KiB\", \"1MiB\" or a number of bytes";

/// Splits digits and letters off the front of `text`.
fn quantity(text: &str) -> Option<(u64, &str, &str)> {
    let (digits, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())?;
    let (unit, rest) = rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_alphabetic).count())?;
    Some((digits.parse().ok()?, unit, rest))
}

impl Text for Span {
    const EXPECTED: &'static str = SPAN;
    const PATTERN: Option<&'static str> = Some("^(0|([0-9]+(ns|us|ms|s|m|h|d|w|y))+)$");
    const EXAMPLES: &'static [&'static str] = &["250ms", "10m", "1h30m"];

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_text(&self) -> Option<String> {
        let mut rest = self.0.as_nanos();
        if rest == 0 {
            return Some("0".to_owned());
        }
        let mut text = String::new();
        for (unit, nanoseconds) in UNITS.iter().rev() {
            let number = rest / u128::from(*nanoseconds);
            rest %= u128::from(*nanoseconds);
            if number > 0 {
                text += &[&number.to_string(), *unit].concat();
            }
        }
        Some(text)
    }
}

/// Plain integers are bytes.
impl Read for ByteSize {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let size = match node.value() {
            serde_json::Value::String(text) => text.parse().ok(),
            other => other.as_u64().map(Self),
        };
        size.ok_or_else(|| node.refuse(SIZE))
    }
}

crate::describe! {
    impl crate::document::Describe for ByteSize {
        fn describe(_: &mut crate::document::Schemas) -> serde_json::Value {
            serde_json::json!({
                "type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)?$",
                "examples": ["64KiB", "1MiB"],
            })
        }

        fn written(&self) -> Option<serde_json::Value> {
            let whole = |(unit, bytes): &(&str, u64)| {
                (self.0 > 0 && self.0.is_multiple_of(*bytes)).then(|| [&(self.0 / bytes).to_string(), *unit].concat())
            };
            let binary = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
            Some(binary.iter().find_map(whole).map_or_else(|| self.0.into(), Into::into))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::read;
    use serde_json::Value;

    #[test]
    fn spans() {
        for (text, expected) in [
            ("0", Some(Duration::ZERO)),
            ("250ms", Some(Duration::from_millis(250))),
            ("1h30m", Some(Duration::from_secs(5400))),
            ("1y", Some(Duration::from_secs(31_536_000))),
            ("", None),
            ("10", None),
            ("-1s", None),
            ("1.5s", None),
            ("1 s", None),
            ("1month", None),
            ("99999999999y", None),
        ] {
            assert_eq!(
                text.parse::<Span>().ok().map(Span::duration),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn sizes() {
        for (text, expected) in [
            ("0", Some(0)),
            ("500B", Some(500)),
            ("64KiB", Some(65_536)),
            ("2kB", Some(2_000)),
            ("1GiB", Some(1 << 30)),
            ("64kib", None),
            ("1KiB2", None),
            ("KiB", None),
            ("99999999999999GiB", None),
        ] {
            assert_eq!(
                text.parse::<ByteSize>().ok().map(ByteSize::bytes),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn errors_say_what_was_expected() {
        for (document, expected) in [
            (
                Value::from("10"),
                r#"configuration: found "10", expected a duration such as "250ms", "10m" or "1h30m""#,
            ),
            (
                Value::from(-1),
                r#"configuration: found -1, expected a duration such as "250ms", "10m" or "1h30m""#,
            ),
        ] {
            let error = read::<Span>(&document).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let error = read::<ByteSize>(&Value::from(-1)).unwrap_err();
        assert!(error.to_string().contains("found -1, expected a size"), "{error}");
    }
}
