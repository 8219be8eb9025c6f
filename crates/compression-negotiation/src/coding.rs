use http_filter::document::Text;
use std::fmt;

/// A content coding that this filter knows (RFC 9110 §8.4.1, RFC 8878, RFC 7932, RFC 9842).
///
/// `deflate` is left out on purpose: half the world takes it for raw DEFLATE, the other half for zlib (RFC 9110
/// §8.4.1.2), and whoever accepts it accepts gzip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coding {
    /// `zstd` (RFC 8878; window of at most 8 MiB, RFC 9659).
    Zstd,
    /// `br` (RFC 7932).
    Br,
    /// `gzip` (RFC 1952).
    Gzip,
    /// `dcz`: zstd with a dictionary that client and server both hold (RFC 9842 §5).
    Dcz,
    /// No coding at all.
    Identity,
}

impl Coding {
    /// How many there are.
    pub(crate) const COUNT: usize = 5;

    /// The coding's registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Br => "br",
            Self::Gzip => "gzip",
            Self::Dcz => "dcz",
            Self::Identity => "identity",
        }
    }

    /// The coding of a name, in any case (RFC 9110 §8.4.1); `x-gzip` is `gzip` (§8.4.1.3).
    pub fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Zstd, Self::Br, Self::Gzip, Self::Dcz, Self::Identity]
            .into_iter()
            .find(|coding| name.eq_ignore_ascii_case(coding.name().as_bytes()))
            .or_else(|| name.eq_ignore_ascii_case(b"x-gzip").then_some(Self::Gzip))
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Text for Coding {
    const EXPECTED: &'static str = "\"zstd\", \"br\", \"gzip\" or \"identity\"";
    const PATTERN: Option<&'static str> = Some("^(zstd|br|gzip|identity)$");
    const EXAMPLES: &'static [&'static str] = &["zstd", "br", "gzip", "identity"];

    fn parse(text: &str) -> Option<Self> {
        [Self::Zstd, Self::Br, Self::Gzip, Self::Identity]
            .into_iter()
            .find(|coding| coding.name() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        for (name, expected) in [
            ("gzip", Some(Coding::Gzip)),
            ("GZip", Some(Coding::Gzip)),
            ("x-gzip", Some(Coding::Gzip)),
            ("X-GZIP", Some(Coding::Gzip)),
            ("br", Some(Coding::Br)),
            ("zstd", Some(Coding::Zstd)),
            ("dcz", Some(Coding::Dcz)),
            ("identity", Some(Coding::Identity)),
            ("deflate", None),
            ("gzip ", None),
            ("", None),
        ] {
            assert_eq!(Coding::from_name(name.as_bytes()), expected, "{name:?}");
        }
    }

    #[test]
    fn indices_are_distinct_and_in_range() {
        let mut seen = [false; Coding::COUNT];
        for coding in [
            Coding::Zstd,
            Coding::Br,
            Coding::Gzip,
            Coding::Dcz,
            Coding::Identity,
        ] {
            assert!(!std::mem::replace(&mut seen[coding.index()], true), "{coding}");
        }
        assert_eq!(seen, [true; Coding::COUNT]);
    }
}
