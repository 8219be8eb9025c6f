//! Types that a document writes as texts.

/// Deserialises a string type from what `parse` makes of the text, or says what was `expected`.
macro_rules! deserialize_str {
    ($type:ty, $expected:literal, $pattern:literal, $parse:expr) => {
        impl crate::document::Text for $type {
            const EXPECTED: &'static str = $expected;
            const PATTERN: Option<&'static str> = Some($pattern);

            fn parse(text: &str) -> Option<Self> {
                $parse(text)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl ::serde::de::Visitor<'_> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: ::serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        $parse(text)
                            .ok_or_else(|| E::invalid_value(::serde::de::Unexpected::Str(text), &self))
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

pub(crate) use deserialize_str;
