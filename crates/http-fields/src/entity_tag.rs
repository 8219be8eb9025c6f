use std::iter;

/// An entity tag (RFC 9110 §8.8.3).
///
/// ```
/// use http_fields::EntityTag;
/// let tag = EntityTag::parse(b"W/\"a\"").unwrap();
/// assert!(tag.weak && tag.matches_weakly(&EntityTag::parse(b"\"a\"").unwrap()));
/// ```
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

    /// Reads the list of an If-None-Match or If-Match field (§13.1.1, §13.1.2), `*` aside; `None` where it is no list of
    /// entity tags, or one of more than 64.
    pub fn parse_list(value: &'a [u8]) -> Option<Vec<Self>> {
        let mut tags = Vec::new();
        let mut rest = value.trim_ascii();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b",") {
                rest = after.trim_ascii_start();
                continue;
            }
            let (tag, after) = Self::take(rest)?;
            let after = after.trim_ascii_start();
            if tags.len() == MAX_TAGS || !(after.is_empty() || after.starts_with(b",")) {
                return None;
            }
            tags.push(tag);
            rest = after;
        }
        (!tags.is_empty()).then_some(tags)
    }

    /// The entity tags in an If-None-Match field. What is none is passed over, up to the next comma: `*` among others
    /// too, which the grammar has only alone ([`is_any_tag`]).
    pub fn all_in(value: &'a [u8]) -> impl Iterator<Item = Self> {
        let mut rest = value;
        iter::from_fn(move || {
            while !rest.is_empty() {
                let start = rest
                    .iter()
                    .take_while(|byte| matches!(byte, b',' | b' ' | b'\t'))
                    .count();
                let member = rest.get(start..).unwrap_or_default();
                let (tag, after) = match Self::take(member) {
                    Some((tag, after)) => (Some(tag), after),
                    None => (None, member),
                };
                let (between, next) = split_at_comma(after);
                rest = next;
                if tag.is_some() && between.trim_ascii().is_empty() {
                    return tag;
                }
            }
            None
        })
    }

    /// The weak comparison (§8.8.3.2): by what stands between the quotes.
    pub fn matches_weakly(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }

    /// The tag as a field value.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut value = Vec::with_capacity(self.opaque.len() + 4);
        self.write(b"", &mut value);
        value
    }

    /// Writes the tag, with `suffix` behind what stands between its quotes.
    pub fn write(self, suffix: &[u8], value: &mut Vec<u8>) {
        value.extend_from_slice(if self.weak { b"W/\"" } else { b"\"" });
        value.extend_from_slice(self.opaque);
        value.extend_from_slice(suffix);
        value.push(b'"');
    }

    /// Takes an entity tag off the front: `W/` in upper case only, and no escapes within the quotes.
    fn take(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (weak, quoted) = match text.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let inner = quoted.strip_prefix(b"\"")?;
        let end = inner.iter().position(|byte| *byte == b'"')?;
        let (opaque, rest) = inner.split_at_checked(end)?;
        let is_etagc = |byte: &u8| *byte > b' ' && *byte != 0x7f;
        opaque
            .iter()
            .all(is_etagc)
            .then_some((Self { weak, opaque }, rest.get(1..)?))
    }
}

/// Whether an If-None-Match or If-Match field is for any representation: `*` and nothing else (RFC 9110 §13.1.2).
pub fn is_any_tag(value: &[u8]) -> bool {
    value.trim_ascii() == b"*"
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

const MAX_TAGS: usize = 64;

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
        for (value, any, lenient, strict) in [
            ("\"a\"", false, "a", true),
            ("\"a\", W/\"b\" ,\"c\"", false, "a b c", true),
            ("\"a,b\",,\"c\"", false, "a,b c", true),
            ("*", true, "", false),
            (" * ", true, "", false),
            ("\"zz\", *", false, "zz", false),
            ("*, \"zz\"", false, "zz", false),
            ("*, *", false, "", false),
            ("W/*", false, "", false),
            ("\"*\"", false, "*", true),
            ("x, \"b\"", false, "b", false),
            ("\"a\"x, \"b\"", false, "b", false),
            ("\"a\" \"b\", \"c\"", false, "c", false),
            ("\"open, \"b\"", false, "b", false),
            ("", false, "", false),
            (" , ", false, "", false),
        ] {
            let bytes = value.as_bytes();
            let found: Vec<_> = EntityTag::all_in(bytes)
                .map(|tag| String::from_utf8(tag.opaque.to_vec()).unwrap())
                .collect();
            assert_eq!(is_any_tag(bytes), any, "{value:?}");
            assert_eq!(found.join(" "), lenient, "{value:?}");
            assert_eq!(EntityTag::parse_list(bytes).is_some(), strict, "{value:?}");
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
            let found: Vec<&[u8]> = EntityTag::all_in(joined.as_bytes()).map(|tag| tag.opaque).collect();
            prop_assert_eq!(&found, &opaques.iter().map(String::as_bytes).collect::<Vec<_>>());
            prop_assert_eq!(EntityTag::parse_list(joined.as_bytes()).unwrap().len(), found.len());
            EntityTag::all_in(&junk).count();
            EntityTag::parse_list(&junk);
        }
    }
}
