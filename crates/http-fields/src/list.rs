//! Field values: lists (RFC 9110 §5.6.1), parameters (§5.6.6), quoted strings (§5.6.4).

/// The members of a comma-separated list, trimmed; empty ones are left out, commas inside quoted strings don't split.
pub fn members(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    Split {
        rest: Some(value),
        separator: b',',
    }
    .map(<[u8]>::trim_ascii)
    .filter(|member| !member.is_empty())
}

/// A member and its parameters: what stands before the first `;`, and the `name=value` parts after it, trimmed, with a
/// part that has no `=` as a name with an empty value. Semicolons inside quoted strings don't split.
pub fn parameters(member: &[u8]) -> (&[u8], impl Iterator<Item = (&[u8], &[u8])>) {
    let mut parts = Split {
        rest: Some(member),
        separator: b';',
    };
    let name = parts.next().unwrap_or_default().trim_ascii();
    let parameters = parts.filter(|part| !part.trim_ascii().is_empty()).map(|part| {
        let mut sides = part.splitn(2, |byte| *byte == b'=');
        (
            sides.next().unwrap_or_default().trim_ascii(),
            sides.next().unwrap_or_default().trim_ascii(),
        )
    });
    (name, parameters)
}

/// The text inside a quoted string (RFC 9110 §5.6.4), its escapes undone; a text that isn't quoted is itself.
pub fn unquote(text: &[u8]) -> Vec<u8> {
    let Some(inner) = text.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return text.to_vec();
    };
    let mut plain = Vec::with_capacity(inner.len());
    let mut escaped = false;
    for byte in inner {
        escaped = *byte == b'\\' && !escaped;
        if !escaped {
            plain.push(*byte);
        }
    }
    plain
}

/// Splits at a separator outside of quoted strings.
struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        // Most values hold neither, a token of a kilobyte say: that's told several bytes at a time.
        let Some(begin) = memchr::memchr2(self.separator, b'"', rest) else {
            return Some(rest);
        };
        let (mut quoted, mut escaped) = (false, false);
        let found = rest.get(begin..).unwrap_or_default().iter().position(|byte| {
            if escaped {
                escaped = false;
            } else if quoted && *byte == b'\\' {
                escaped = true;
            } else if *byte == b'"' {
                quoted = !quoted;
            } else if *byte == self.separator && !quoted {
                return true;
            }
            false
        });
        match found.map(|after| begin + after) {
            Some(end) => {
                self.rest = rest.get(end + 1..);
                rest.get(..end)
            }
            None => Some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lists_split_at_commas_outside_quotes() {
        for (value, expected) in [
            ("a, b ,c", &["a", "b", "c"][..]),
            (",a,,b,", &["a", "b"]),
            ("a=\"x,y\", b", &["a=\"x,y\"", "b"]),
            ("a=\"x\\\",y\", b", &["a=\"x\\\",y\"", "b"]),
            ("a=\"open, b", &["a=\"open, b"]),
            ("", &[]),
        ] {
            assert_eq!(
                members(value.as_bytes()).map(text).collect::<Vec<_>>(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn parameters_split_at_semicolons_outside_quotes() {
        let (name, found) = parameters(b"gzip ; q = 0.5;x=\"a;b\"; flag;");
        let found: Vec<_> = found.map(|(name, value)| (text(name), text(value))).collect();
        assert_eq!(text(name), "gzip");
        assert_eq!(found, [("q", "0.5"), ("x", "\"a;b\""), ("flag", "")]);
    }

    #[test]
    fn quotes_come_off() {
        assert_eq!(unquote(br#""a\"b\\c""#), br#"a"b\c"#);
        assert_eq!(unquote(b"plain"), b"plain");
        assert_eq!(unquote(b"\""), b"\"");
    }

    proptest! {
        #[test]
        fn any_bytes_split_without_loss(value in prop::collection::vec(any::<u8>(), 0..80)) {
            let parts: Vec<&[u8]> = Split { rest: Some(&value), separator: b',' }.collect();
            prop_assert_eq!(parts.join(&b','), value);
        }
    }
}
