//! Lists to which every proxy appends the address of its peer: X-Forwarded-For, and Forwarded (RFC 7239). What stands at their
//! beginning is the client's word, so both are read from their end.

use crate::list;

/// The entries of X-Forwarded-For or a list like it, the last one first, over all `lines`. Quotes mean nothing in it.
pub fn addresses<'a>(lines: impl Iterator<Item = &'a [u8]>) -> FromEnd<'a> {
    FromEnd::new(lines, false)
}

/// The elements of Forwarded, the last one first, over all `lines` (RFC 7239 §4).
pub fn elements<'a>(lines: impl Iterator<Item = &'a [u8]>) -> FromEnd<'a> {
    FromEnd::new(lines, true)
}

/// The node that made the request (RFC 7239 §5.2): the only `for` parameter of an element.
pub fn node(element: &[u8]) -> Option<&[u8]> {
    let (first, rest) = list::parameters(element);
    let mut sides = first.splitn(2, |byte| *byte == b'=');
    let first = (sides.next()?, sides.next().unwrap_or_default());
    let mut nodes = std::iter::once(first)
        .chain(rest)
        .filter(|(name, _)| name.trim_ascii().eq_ignore_ascii_case(b"for"))
        .map(|(_, value)| value.trim_ascii());
    let node = nodes.next()?;
    nodes.next().is_none().then_some(node)
}

/// The members of a list from its end, trimmed, empty ones left out: those that lie whole within its last 8 KiB.
#[derive(Clone, Debug)]
pub struct FromEnd<'a> {
    lines: Vec<&'a [u8]>,
    has_quotes: bool,
    /// How many bytes are still looked at.
    left: usize,
}

impl<'a> FromEnd<'a> {
    fn new(lines: impl Iterator<Item = &'a [u8]>, has_quotes: bool) -> Self {
        Self {
            lines: lines.collect(),
            has_quotes,
            left: MAX_LENGTH,
        }
    }

    /// Where the last member of `line` begins, if that lies within what is looked at.
    fn begin(&self, line: &[u8]) -> Option<usize> {
        let mut quoted = false;
        for (behind, byte) in line.iter().rev().enumerate() {
            if behind == self.left {
                return None;
            }
            let at = line.len() - behind;
            match byte {
                b'"' if self.has_quotes => quoted ^= !is_escaped(line.get(..at - 1)?),
                b',' if !quoted => return Some(at),
                _ => {}
            }
        }
        (!quoted).then_some(0)
    }
}

/// Whether what follows `before` is escaped in a quoted string (RFC 9110 §5.6.4): an odd number of backslashes stands before it.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before
        .iter()
        .rev()
        .take(MAX_LENGTH)
        .take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

impl<'a> Iterator for FromEnd<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let line = self.lines.pop()?;
            let Some(begin) = self.begin(line) else {
                // What stands before can't be told from the client's word.
                self.lines.clear();
                return None;
            };
            let (before, member) = line.split_at_checked(begin)?;
            self.left = self.left.saturating_sub(member.len() + 1);
            if let Some((_, before)) = before.split_last() {
                self.lines.push(before);
            }
            let member = member.trim_ascii();
            if !member.is_empty() {
                return Some(member);
            }
        }
    }
}

/// About two hundred addresses.
const MAX_LENGTH: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(member: &[u8]) -> String {
        String::from_utf8_lossy(member).into_owned()
    }

    #[test]
    fn lists_are_read_from_their_end() {
        for (name, forwarded, lines, expected) in [
            ("members", false, &["a, b ,c"][..], &["c", "b", "a"][..]),
            ("lines", false, &["a", "b,c"], &["c", "b", "a"]),
            ("empty ones", false, &[",a,,b,", ""], &["b", "a"]),
            ("quotes mean nothing", false, &["\", 5.6.7.8"], &["5.6.7.8", "\""]),
            ("nor do two", false, &["\"a, b\", c"], &["c", "b\"", "\"a"]),
            (
                "quoted commas",
                true,
                &["for=a;by=\"x,y\", for=b"],
                &["for=b", "for=a;by=\"x,y\""],
            ),
            (
                "an open quote before",
                true,
                &["for=\"x, for=5.6.7.8"],
                &["for=5.6.7.8"],
            ),
            (
                "an open quote and a closed one",
                true,
                &["for=\"x, for=\"[::1]:80\""],
                &["for=\"[::1]:80\""],
            ),
            (
                "an escaped quote",
                true,
                &["for=b, for=\"a\\\",x\""],
                &["for=\"a\\\",x\"", "for=b"],
            ),
            ("an open quote at the end", true, &["for=a, for=\"x"], &[]),
            ("none", false, &[], &[]),
        ] {
            let bytes = lines.iter().map(|line| line.as_bytes());
            let found: Vec<_> = if forwarded {
                elements(bytes)
            } else {
                addresses(bytes)
            }
            .map(text)
            .collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn only_the_end_of_a_long_list_counts() {
        let line = ["1.1.1.1, ".repeat(10_000), "5.6.7.8, 10.0.0.1".into()].concat();
        let found: Vec<_> = addresses(std::iter::once(line.as_bytes())).collect();
        assert_eq!(&found[..2], [b"10.0.0.1".as_slice(), b"5.6.7.8"]);
        assert!((800..1100).contains(&found.len()), "{}", found.len());
        let long = ["x".repeat(10_000), ",a".into()].concat();
        assert_eq!(addresses(std::iter::once(long.as_bytes())).count(), 1);
    }

    #[test]
    fn nodes() {
        for (element, expected) in [
            (
                "For=\"[2001:db8::7]:4711\";proto=https;by=_x",
                Some("\"[2001:db8::7]:4711\""),
            ),
            ("proto=https; for = 1.2.3.4", Some("1.2.3.4")),
            ("for=1.2.3.4;for=9.9.9.9", None),
            ("by=1.2.3.4", None),
        ] {
            assert_eq!(
                node(element.as_bytes()).map(text).as_deref(),
                expected,
                "{element}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_clients_write_does_not_count(forged: Vec<u8>, forwarded: bool) {
            let line = [&forged[..], if forwarded { b", for=5.6.7.8" } else { b", 5.6.7.8" }].concat();
            let lines = std::iter::once(&line[..]);
            let last = if forwarded { elements(lines) } else { addresses(lines) }.next();
            prop_assert_eq!(last, Some(if forwarded { &b"for=5.6.7.8"[..] } else { b"5.6.7.8" }));
        }
    }
}
