use crate::decimal;
use std::ops::RangeInclusive;

/// Status codes: one (`404`), a class (`4xx`) or a range (`400-499`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusPattern {
    first: u16,
    last: u16,
}

impl StatusPattern {
    /// Every code from 200 on: those of responses that end an exchange (RFC 9110 §15).
    pub const FINAL: Self = Self {
        first: 200,
        last: 599,
    };

    /// Parses a pattern.
    pub fn parse(text: &str) -> Option<Self> {
        if let [class @ b'1'..=b'5', b'x', b'x'] = text.as_bytes() {
            let class = u64::from(class - b'0');
            return Self::new(class * 100, class * 100 + 99);
        }
        let code = |text: &str| decimal(text.trim_matches(' ').as_bytes());
        match text.split_once('-') {
            Some((first, last)) => Self::new(code(first)?, code(last)?),
            None => {
                let code = decimal(text.as_bytes())?;
                Self::new(code, code)
            }
        }
    }

    /// Whether the pattern holds `status`.
    pub fn matches(&self, status: u16) -> bool {
        self.range().contains(&status)
    }

    /// How many codes it holds: of two patterns the narrower is meant.
    pub fn width(&self) -> u16 {
        self.last - self.first
    }

    /// Whether it holds a code of a response that ends an exchange.
    pub fn is_final(&self) -> bool {
        self.last >= Self::FINAL.first
    }

    fn range(&self) -> RangeInclusive<u16> {
        self.first..=self.last
    }

    fn new(first: u64, last: u64) -> Option<Self> {
        let range = Self {
            first: u16::try_from(first).ok()?,
            last: u16::try_from(last).ok()?,
        };
        (range.first >= 100 && range.last <= 599 && range.first <= range.last).then_some(range)
    }
}

#[cfg(feature = "document")]
impl config_document::document::Text for StatusPattern {
    const EXPECTED: &'static str = "a status such as 404, \"4xx\" or \"400-499\"";
    const PATTERN: Option<&'static str> = Some("^([1-5]xx|[1-5][0-9][0-9]( *- *[1-5][0-9][0-9])?)$");
    const EXAMPLES: &'static [&'static str] = &["404", "4xx", "400-499"];
    const NUMBERS: Option<(u64, u64)> = Some((100, 599));
    const FROM_NUMBER: Option<fn(u64) -> Option<Self>> = Some(|number| Self::new(number, number));

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, inside, outside) in [
            ("404", Some(404), 405),
            ("4xx", Some(499), 500),
            ("200-206", Some(206), 207),
            ("5xx", Some(500), 499),
            ("9xx", None, 0),
            ("99", None, 0),
            ("300-200", None, 0),
            ("655xx", None, 0),
            ("4XX", None, 0),
            ("+404", None, 0),
            ("+4xx", None, 0),
            ("400 - 499", Some(450), 500),
            ("400-+499", None, 0),
            ("xx", None, 0),
            ("", None, 0),
        ] {
            let pattern = StatusPattern::parse(text);
            assert_eq!(pattern.is_some(), inside.is_some(), "{text}");
            if let (Some(pattern), Some(inside)) = (pattern, inside) {
                assert!(pattern.matches(inside) && !pattern.matches(outside), "{text}");
            }
        }
    }
}
