//! Cookies and query parameters as lenient servers read them: by more spellings of names and values than the grammars know.
//!
//! | what | who reads it so |
//! |---|---|
//! | names in any case | nginx (`$cookie_`, `$arg_`) |
//! | `.` and blanks in names as `_` | PHP |
//! | quoted values, `\141` and `\"` in them | Python's `http.cookies` (Flask, Django), Java (RFC 2109 §4.1) |
//! | commas and blanks between cookies | servers that join two fields, Apache among them; Python's `http.cookies` |
//! | percent-encoded cookies | PHP, Rack |
//! | `;` between parameters | Rack 2, Bottle, older Python (HTML 4.01, B.2.2) |
//! | an escaped `?` | whoever decodes the target before the query is cut off (nginx, `proxy_pass` with `$uri`) |
//! | names that begin with a blank, or end at a NUL | PHP |
//! | names in brackets, or before some | Express (`qs`), PHP, Rack |

use crate::{cookies, name::of_variable, percent, query};
use std::borrow::Cow;

/// All values that some server may read for the cookie `name`, over all `lines` of the field.
pub fn cookie_values<'a>(lines: impl Iterator<Item = &'a [u8]>, name: &str) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for line in lines {
        for text in variants(line, percent::decode) {
            for separators in [&b";"[..], b";,", b";, \t"] {
                for value in named(&text, separators, name) {
                    if let Cow::Owned(unquoted) = unquoted(value) {
                        values.push(unquoted);
                    }
                    values.push(value.to_vec());
                }
            }
        }
    }
    values
}

/// The values of the cookie `name`, each in the one form that all its spellings have: what servers may take for the same is the
/// same. Where no cookie has the name as it's written here, those that have it in other spellings.
pub fn cookies_in_one_form<'a>(
    lines: impl Iterator<Item = &'a [u8]> + Clone,
    name: &str,
) -> Vec<Cow<'a, [u8]>> {
    let exact = cookies::all(lines.clone()).filter(|cookie| cookie.name == name.as_bytes());
    let exact: Vec<_> = exact.map(|cookie| in_one_form(cookie.value)).collect();
    if !exact.is_empty() {
        return exact;
    }
    lines
        .flat_map(|line| named(line, b";,", name).map(in_one_form).collect::<Vec<_>>())
        .collect()
}

/// All values that some server may read for the query parameter `name` of a request target.
pub fn query_values(target: &[u8], name: &str) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for text in variants(behind_path(target), query::decode) {
        for value in named(&text, b"&;?", name) {
            values.push(value.to_vec());
        }
    }
    values
}

/// What may be the query: behind the first question mark, an escaped one too.
fn behind_path(target: &[u8]) -> &[u8] {
    for (at, byte) in target.iter().enumerate() {
        let rest = target.get(at + 1..).unwrap_or_default();
        match (byte, rest) {
            (b'?', _) => return rest,
            (b'%', [b'3', b'f' | b'F', rest @ ..]) => return rest,
            _ => {}
        }
    }
    &[]
}

/// The text as it came, decoded, and decoded once more, as far as that makes a difference.
fn variants<'a>(text: &'a [u8], decode: for<'b> fn(&'b [u8]) -> Cow<'b, [u8]>) -> Vec<Cow<'a, [u8]>> {
    let mut variants = vec![Cow::Borrowed(text)];
    if let Cow::Owned(once) = decode(text) {
        if let Cow::Owned(twice) = decode(&once) {
            variants.push(Cow::Owned(twice));
        }
        variants.push(Cow::Owned(once));
    }
    variants
}

/// The values of the pairs whose name may be taken for `name`.
fn named<'a>(text: &'a [u8], separators: &'static [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    let pairs = text.split(move |byte| separators.contains(byte));
    pairs.filter_map(move |pair| {
        let (found, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(equals) => (pair.get(..equals)?, pair.get(equals + 1..)?),
            None => (pair, &[][..]),
        };
        let found = until_nul(found).trim_ascii();
        let is_named = [found, until(b'[', found), without_brackets(found)]
            .into_iter()
            .any(|found| is_alias(found, name));
        is_named.then(|| until_nul(value).trim_ascii())
    })
}

fn is_alias(found: &[u8], name: &str) -> bool {
    let folded = |byte: &u8| of_variable(*byte);
    found.len() == name.len() && found.iter().map(folded).eq(name.as_bytes().iter().map(folded))
}

fn until_nul(text: &[u8]) -> &[u8] {
    until(0, text)
}

fn until(end: u8, text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == end).next().unwrap_or_default()
}

fn without_brackets(text: &[u8]) -> &[u8] {
    let inner = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]"));
    inner.unwrap_or(text)
}

fn in_one_form(value: &[u8]) -> Cow<'_, [u8]> {
    match percent::decode(value) {
        Cow::Borrowed(value) => unquoted(value),
        Cow::Owned(decoded) => Cow::Owned(unquoted(&decoded).into_owned()),
    }
}

/// A quoted string's content (RFC 2109 §4.1), octal escapes undone as well; any other text as it is.
fn unquoted(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut rest) = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
    else {
        return Cow::Borrowed(value);
    };
    let mut content = Vec::with_capacity(rest.len());
    while let Some((byte, after)) = rest.split_first() {
        (rest, _) = match (byte, after) {
            (
                b'\\',
                [
                    high @ b'0'..=b'3',
                    middle @ b'0'..=b'7',
                    low @ b'0'..=b'7',
                    after @ ..,
                ],
            ) => (
                after,
                content.push((high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0')),
            ),
            (b'\\', [escaped, after @ ..]) => (after, content.push(*escaped)),
            _ => (after, content.push(*byte)),
        };
    }
    Cow::Owned(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_by_other_spellings() {
        for (name, line, is_read) in [
            ("as it is", "role=admin", true),
            ("behind a comma", "a=1, role=admin", true),
            ("behind a blank", "a=b role=admin", true),
            ("quoted", r#"role="admin""#, true),
            ("octal", r#"role="\141dmin""#, true),
            ("escaped", r#"role="\admin""#, true),
            ("another case", "ROLE=admin", true),
            ("percent", "role=%61dmin", true),
            ("percent twice", "role=%2561dmin", true),
            ("percent in the name", "r%6fle=admin", true),
            ("NUL", "role\0x=admin", true),
            ("another value", "role=user", false),
            ("another name", "roles=admin", false),
            ("a part of a value", "a=role=admin", false),
        ] {
            let values = cookie_values([line.as_bytes()].into_iter(), "role");
            assert_eq!(values.iter().any(|value| value == b"admin"), is_read, "{name}");
        }
    }

    #[test]
    fn cookies_have_one_form() {
        for (line, expected) in [
            ("s=abc", &["abc"][..]),
            (r#"s="abc""#, &["abc"]),
            (r#"s="\141bc""#, &["abc"]),
            ("s=%61bc", &["abc"]),
            ("S=abc", &["abc"]),
            ("a=1, s=abc", &["abc"]),
            ("s=abc; S=def", &["abc"]),
            ("s=a; s=b", &["a", "b"]),
            ("t=1", &[]),
        ] {
            let values = cookies_in_one_form([line.as_bytes()].into_iter(), "s");
            let expected: Vec<&[u8]> = expected.iter().map(|value| value.as_bytes()).collect();
            assert_eq!(values, expected, "{line}");
        }
    }

    #[test]
    fn parameters_by_other_spellings() {
        for (name, target, is_read) in [
            ("as it is", "/x?action=delete", true),
            ("another case", "/x?Action=delete", true),
            ("behind a semicolon", "/x?a=1;action=delete", true),
            ("behind a blank", "/x?%20action=delete", true),
            ("before a NUL", "/x?action%00x=delete", true),
            ("a list", "/x?action[]=delete", true),
            ("in brackets", "/x?%5Baction%5D=delete", true),
            ("an escaped question mark", "/x%3Faction=delete", true),
            ("another question mark", "/x?a?action=delete", true),
            ("an escaped ampersand", "/x?a=1%26action=delete", true),
            ("escaped twice", "/x?a%2563tion=delet%2565", true),
            ("another value", "/x?action=show", false),
            ("another name", "/x?actions=delete", false),
            ("no query", "/x", false),
        ] {
            let values = query_values(target.as_bytes(), "action");
            assert_eq!(values.iter().any(|value| value == b"delete"), is_read, "{name}");
        }
    }
}
