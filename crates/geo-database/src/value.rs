//! Values of an MMDB.

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Number(f64),
    Integer(u64),
    /// So many pairs of a key and a value, from there.
    Map(usize, usize),
    /// So many values, from there.
    Array(usize, usize),
    /// Of a type that isn't needed here.
    Other,
}

impl<'a> Value<'a> {
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn integer(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The number of an autonomous system: an integer, or a text such as `AS64500` (IPinfo) or `64500`.
    pub(crate) fn asn(&self) -> Option<u32> {
        let number = match self {
            Self::Text(text) => {
                let digits = text.strip_prefix("AS").unwrap_or(text);
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                digits.parse().ok().filter(|_| plain)?
            }
            other => u32::try_from(other.integer()?).ok()?,
        };
        (number != 0).then_some(number)
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(number) => Some(*number as f64),
            // IPinfo writes coordinates so.
            Self::Text(text) => decimal(text.trim()),
            _ => None,
        }
    }

    /// Whether it's no map, no list and no empty text, by which some databases say that they don't know.
    pub(crate) fn says_something(&self) -> bool {
        !matches!(
            self,
            Self::Map(..) | Self::Array(..) | Self::Other | Self::Text("")
        )
    }
}

/// A number such as `-77.5`. The standard library's reader knows all that floats can be, by tables of 13 KB.
fn decimal(text: &str) -> Option<f64> {
    let (sign, unsigned) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || unsigned.len() > MOST_DIGITS {
        return None;
    }
    let digits: u64 = [whole, fraction].concat().parse().ok()?;
    let scale = fraction.bytes().fold(1.0, |scale, _| scale * 10.0);
    Some(sign * digits as f64 / scale)
}

/// So many digits fit into 64 bits.
const MOST_DIGITS: usize = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts() {
        for (text, expected) in [
            ("52.52", Some(52.52)),
            ("-77.5", Some(-77.5)),
            (" 9 ", Some(9.0)),
            ("0.000001", Some(0.000_001)),
            ("7.", Some(7.0)),
            ("", None),
            ("-", None),
            (".5", None),
            ("1e3", None),
            ("+5", None),
            ("1.2.3", None),
            ("123456789012345678901", None),
            ("NaN", None),
        ] {
            assert_eq!(Value::Text(text).number(), expected, "{text:?}");
        }
    }
}
