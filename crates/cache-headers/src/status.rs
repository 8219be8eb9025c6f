use http_filter::document::Text;
use std::ops::RangeInclusive;

/// Status codes: one (`404`), a class (`4xx`) or a range (`400-499`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusPattern {
    first: u16,
    last: u16,
}

impl StatusPattern {
    /// Whether the pattern holds `status`.
    pub fn matches(&self, status: u16) -> bool {
        self.range().contains(&status)
    }

    /// How many codes it holds: of two patterns the narrower is meant.
    pub fn width(&self) -> u16 {
        self.last - self.first
    }

    fn range(&self) -> RangeInclusive<u16> {
        self.first..=self.last
    }

    fn new(first: u16, last: u16) -> Option<Self> {
        (first >= 100 && last <= 599 && first <= last).then_some(Self { first, last })
    }
}

impl Text for StatusPattern {
    const EXPECTED: &'static str = "a status such as 404, \"4xx\" or \"400-499\"";
    const PATTERN: Option<&'static str> = Some("^([1-5]xx|[1-5][0-9][0-9]( *- *[1-5][0-9][0-9])?)$");
    const EXAMPLES: &'static [&'static str] = &["404", "4xx", "400-499"];
    const NUMBERS: Option<(u64, u64)> = Some((100, 599));
    const FROM_NUMBER: Option<fn(u64) -> Option<Self>> = Some(|number| {
        let status = u16::try_from(number).ok()?;
        Self::new(status, status)
    });

    fn parse(text: &str) -> Option<Self> {
        if let Some(class) = text.strip_suffix("xx") {
            let class: u16 = class.parse().ok()?;
            return (class < 6).then(|| Self::new(class * 100, class * 100 + 99))?;
        }
        match text.split_once('-') {
            Some((first, last)) => Self::new(first.trim().parse().ok()?, last.trim().parse().ok()?),
            None => {
                let status = text.parse().ok()?;
                Self::new(status, status)
            }
        }
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
