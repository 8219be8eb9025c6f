/// A weight in thousandths, 0 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QValue(u16);

impl QValue {
    /// The weight of a member that names none.
    pub const ONE: Self = Self(1000);
    /// The weight of what is not acceptable.
    pub const ZERO: Self = Self(0);

    /// Parses a `qvalue`: `0`, `1`, with up to three decimals, of which those of `1` are zeros. Anything else is none.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (whole, decimals) = match text {
            [whole] => (whole, &[][..]),
            [whole, b'.', decimals @ ..] if decimals.len() <= 3 => (whole, decimals),
            _ => return None,
        };
        let mut thousandths = 0u16;
        for place in 0..3 {
            let digit = decimals.get(place).copied().unwrap_or(b'0');
            thousandths = thousandths * 10 + u16::from(digit.is_ascii_digit().then(|| digit - b'0')?);
        }
        match whole {
            b'0' => Some(Self(thousandths)),
            b'1' if thousandths == 0 => Some(Self::ONE),
            _ => None,
        }
    }

    /// The weight in thousandths.
    pub fn thousandths(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qvalues_are_strict() {
        for (value, expected) in [
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.001", Some(1)),
            ("0.0001", None),
            ("1.001", None),
            ("2", None),
            (".5", None),
            ("-1", None),
            ("0.x", None),
            ("", None),
        ] {
            assert_eq!(
                QValue::parse(value.as_bytes()).map(QValue::thousandths),
                expected,
                "{value:?}"
            );
        }
    }
}
