//! The Cookie field (RFC 6265 §4.2), read as servers read it.

use std::iter;

/// A cookie as the client sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie<'a> {
    /// The name, as sent.
    pub name: &'a [u8],
    /// The value, as sent: quotes and `=` signs included.
    pub value: &'a [u8],
}

/// All cookies of a request, in order, over all `lines` of the field; pairs without `=` are no cookies.
pub fn all<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = Cookie<'a>> {
    let mut rest: Option<&[u8]> = None;
    iter::from_fn(move || {
        loop {
            let (pair, after) = Pair::first_of(rest.take().or_else(|| lines.next())?);
            rest = after;
            if let Some(cookie) = pair.cookie() {
                return Some(cookie);
            }
        }
    })
}

/// A pair as it stands, and where its first `=` is.
struct Pair<'a> {
    text: &'a [u8],
    equals: Option<usize>,
}

impl<'a> Pair<'a> {
    /// The first pair of a line, and what is behind it.
    fn first_of(line: &'a [u8]) -> (Self, Option<&'a [u8]>) {
        let mut equals = None;
        for (at, byte) in line.iter().enumerate() {
            match byte {
                b'=' if equals.is_none() => equals = Some(at),
                b';' => {
                    let text = line.get(..at).unwrap_or_default();
                    return (Self { text, equals }, line.get(at + 1..));
                }
                _ => {}
            }
        }
        (Self { text: line, equals }, None)
    }

    fn cookie(&self) -> Option<Cookie<'a>> {
        let equals = self.equals?;
        Some(Cookie {
            name: self.text.get(..equals)?.trim_ascii(),
            value: self.text.get(equals + 1..)?.trim_ascii(),
        })
    }
}

/// The Cookie field without the cookies named `name`, every other byte as it came; `None` where nothing is left.
pub fn without(line: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let is_other = |pair: &&[u8]| {
        pair.split(|byte| *byte == b'=')
            .next()
            .unwrap_or_default()
            .trim_ascii()
            != name
    };
    let mut kept = line.split(|byte| *byte == b';').filter(is_other);
    let mut rest = kept.next()?.trim_ascii_start().to_vec();
    for pair in kept {
        rest.push(b';');
        rest.extend_from_slice(pair);
    }
    (!rest.trim_ascii().is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_of_all_lines() {
        let lines: [&[u8]; 2] = [b"a=1; b=x=y;  c = \"q\" ;novalue", b"a=2; =empty"];
        let found: Vec<_> = all(lines.into_iter())
            .map(|cookie| (cookie.name, cookie.value))
            .collect();
        let expected: [(&[u8], &[u8]); 5] = [
            (b"a", b"1"),
            (b"b", b"x=y"),
            (b"c", b"\"q\""),
            (b"a", b"2"),
            (b"", b"empty"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn removal_leaves_the_rest_as_it_came() {
        for (name, line, expected) in [
            ("first", "t=1; a=2;b = 3", Some("a=2;b = 3")),
            ("middle", "a=2; t=1; b=3", Some("a=2; b=3")),
            ("last", "a=2; t=1", Some("a=2")),
            ("every", "t=1; a=2; t=3", Some("a=2")),
            ("only", "t=1", None),
            ("none", "a=2;  b", Some("a=2;  b")),
            ("longer name", "tt=1", Some("tt=1")),
        ] {
            assert_eq!(
                without(line.as_bytes(), b"t").as_deref(),
                expected.map(str::as_bytes),
                "{name}"
            );
        }
    }
}
