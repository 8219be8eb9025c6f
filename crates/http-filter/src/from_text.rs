//! Types that a document writes as texts.

/// Reads a string type as what `parse` makes of the text, or says what was `expected`.
macro_rules! read_text {
    ($type:ty, $expected:literal, $pattern:literal, $parse:expr) => {
        impl crate::document::Text for $type {
            const EXPECTED: &'static str = $expected;
            const PATTERN: Option<&'static str> = Some($pattern);

            fn parse(text: &str) -> Option<Self> {
                $parse(text)
            }
        }
    };
}

pub(crate) use read_text;
