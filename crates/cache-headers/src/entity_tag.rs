use std::iter;

/// An entity tag (RFC 9110 §8.8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityTag<'a> {
    /// Whether it's weak: `W/"…"`.
    pub weak: bool,
    /// What stands between the quotes.
    pub opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Reads one entity tag and nothing else.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let (tag, rest) = Self::take(text.trim_ascii())?;
        rest.is_empty().then_some(tag)
    }

    /// The weak comparison (RFC 9110 §8.8.3.2): by what stands between the quotes.
    pub fn matches_weakly(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }

    /// Takes an entity tag off the front of `text`.
    fn take(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (weak, quoted) = match text.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let inner = quoted.strip_prefix(b"\"")?;
        // No escapes here: a backslash is a character like any other.
        let end = inner.iter().position(|byte| *byte == b'"')?;
        let opaque = inner.get(..end)?;
        let valid = opaque
            .iter()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..));
        valid.then_some((Self { weak, opaque }, inner.get(end + 1..)?))
    }
}

/// The members of an If-None-Match field (RFC 9110 §13.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate<'a> {
    /// `*`: any representation.
    Any,
    /// This one.
    Tag(EntityTag<'a>),
}

/// Reads the members of an If-None-Match field; what is no entity tag is passed over, up to the next comma.
pub fn candidates(value: &[u8]) -> impl Iterator<Item = Candidate<'_>> {
    let mut rest = value;
    iter::from_fn(move || {
        while !rest.is_empty() {
            let start = rest
                .iter()
                .take_while(|byte| matches!(byte, b',' | b' ' | b'\t'))
                .count();
            let member = rest.get(start..).unwrap_or_default();
            if let Some((tag, after)) = EntityTag::take(member) {
                let (ends, next) = skip_to_comma(after);
                rest = next;
                if ends {
                    return Some(Candidate::Tag(tag));
                }
                continue;
            }
            let (text, next) = split_at_comma(member);
            rest = next;
            if text.trim_ascii() == b"*" {
                return Some(Candidate::Any);
            }
        }
        None
    })
}

/// Whether nothing but white space stands before the next comma, and what follows that.
fn skip_to_comma(text: &[u8]) -> (bool, &[u8]) {
    let (before, after) = split_at_comma(text);
    (before.trim_ascii().is_empty(), after)
}

fn split_at_comma(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b',') {
        Some(comma) => (
            text.get(..comma).unwrap_or_default(),
            text.get(comma + 1..).unwrap_or_default(),
        ),
        None => (text, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags() {
        let tag = |weak, opaque: &'static str| {
            Some(EntityTag {
                weak,
                opaque: opaque.as_bytes(),
            })
        };
        for (text, expected) in [
            ("\"a\"", tag(false, "a")),
            ("W/\"a\"", tag(true, "a")),
            ("\"\"", tag(false, "")),
            (" \"a\" ", tag(false, "a")),
            ("\"a\\\"", tag(false, "a\\")),
            ("\"ü\"", tag(false, "ü")),
            ("w/\"a\"", None),
            ("W\"a\"", None),
            ("a", None),
            ("\"a", None),
            ("\"a b\"", None),
            ("\"a\"x", None),
            ("", None),
        ] {
            assert_eq!(EntityTag::parse(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn lists() {
        for (value, expected) in [
            ("\"a\"", "a"),
            ("\"a\", W/\"b\" ,\"c\"", "a b c"),
            ("\"a,b\",,\"c\"", "a,b c"),
            ("*", "*"),
            ("x, \"b\"", "b"),
            ("\"a\"x, \"b\"", "b"),
            ("\"a\" \"b\", \"c\"", "c"),
            ("\"open, \"b\"", "b"),
            ("", ""),
            (" , ", ""),
        ] {
            let found: Vec<String> = candidates(value.as_bytes())
                .map(|candidate| match candidate {
                    Candidate::Any => "*".to_owned(),
                    Candidate::Tag(tag) => String::from_utf8(tag.opaque.to_vec()).unwrap(),
                })
                .collect();
            assert_eq!(found.join(" "), expected, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn tags_of_any_list_are_found(
            opaques in prop::collection::vec("[!#-~]{0,8}", 1..6),
            junk in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let list: Vec<String> = opaques.iter().map(|opaque| format!("\"{opaque}\"")).collect();
            let joined = list.join(", ");
            let found: Vec<&[u8]> = candidates(joined.as_bytes())
                .filter_map(|candidate| match candidate { Candidate::Tag(tag) => Some(tag.opaque), Candidate::Any => None })
                .collect();
            prop_assert_eq!(found, opaques.iter().map(String::as_bytes).collect::<Vec<_>>());
            candidates(&junk).count();
        }
    }
}
