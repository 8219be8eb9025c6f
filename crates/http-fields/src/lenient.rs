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

use crate::{name::are_one_variable, percent, query};
use std::borrow::Cow;

// Once in a module, whatever asks: nothing here is generic but the lines.

/// All values that some server may read for the cookie `name`, over all `lines` of the field.
pub fn cookie_values<'a>(lines: impl Iterator<Item = &'a [u8]>, name: &str) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for line in lines {
        add_cookie_values(line, name, &mut values);
    }
    values
}

/// The values of the cookie `name`, each in the one form that all its spellings have: what servers may take for the same is the
/// same. Where no cookie has the name as it's written here, those that have it in other spellings.
pub fn cookies_in_one_form<'a>(lines: impl Iterator<Item = &'a [u8]> + Clone, name: &str) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for line in lines.clone() {
        add_in_one_form(line, b";", is_exactly, name, &mut values);
    }
    if values.is_empty() {
        for line in lines {
            add_in_one_form(line, b";,", may_be, name, &mut values);
        }
    }
    values
}

/// All values that some server may read for the query parameter `name` of a request target.
#[inline(never)]
pub fn query_values(target: &[u8], name: &str) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    each_variant(behind_path(target), query::decode, &mut |text| {
        each_named(text, b"&;?", may_be, name, &mut |value| {
            values.push(value.to_vec())
        });
    });
    values
}

#[inline(never)]
fn add_cookie_values(line: &[u8], name: &str, values: &mut Vec<Vec<u8>>) {
    each_variant(line, percent::decode, &mut |text| {
        for separators in [&b";"[..], b";,", b";, \t"] {
            each_named(text, separators, may_be, name, &mut |value| {
                values.extend(unquoted(value));
                values.push(value.to_vec());
            });
        }
    });
}

#[inline(never)]
fn add_in_one_form(line: &[u8], separators: &[u8], is_named: IsNamed, name: &str, values: &mut Vec<Vec<u8>>) {
    each_named(line, separators, is_named, name, &mut |value| {
        let decoded = percent::decode(value);
        values.push(unquoted(&decoded).unwrap_or_else(|| decoded.into_owned()));
    });
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

/// Calls `take` with the text as it came, decoded, and decoded once more, as far as that makes a difference.
fn each_variant(text: &[u8], decode: fn(&[u8]) -> Cow<'_, [u8]>, take: &mut dyn FnMut(&[u8])) {
    take(text);
    if let Cow::Owned(once) = decode(text) {
        take(&once);
        if let Cow::Owned(twice) = decode(&once) {
            take(&twice);
        }
    }
}

/// Whether a name that came is the one that is asked for.
type IsNamed = fn(&[u8], &str) -> bool;

/// Calls `take` with the values of the pairs of this name.
#[inline(never)]
fn each_named(text: &[u8], separators: &[u8], is_named: IsNamed, name: &str, take: &mut dyn FnMut(&[u8])) {
    for pair in text.split(|byte| separators.contains(byte)) {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let found = until(0, pair.get(..equals).unwrap_or_default()).trim_ascii();
        if is_named(found, name) {
            take(until(0, pair.get(equals + 1..).unwrap_or_default()).trim_ascii());
        }
    }
}

fn is_exactly(found: &[u8], name: &str) -> bool {
    found == name.as_bytes()
}

fn may_be(found: &[u8], name: &str) -> bool {
    let inner = found
        .strip_prefix(b"[")
        .and_then(|found| found.strip_suffix(b"]"));
    [found, until(b'[', found), inner.unwrap_or_default()]
        .into_iter()
        .any(|found| are_one_variable(found, name.as_bytes()))
}

fn until(end: u8, text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == end).next().unwrap_or_default()
}

/// A quoted string's content (RFC 2109 §4.1), octal escapes undone as well; `None` for any other text.
fn unquoted(value: &[u8]) -> Option<Vec<u8>> {
    let mut rest = value.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut content = Vec::with_capacity(rest.len());
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let mut taken = *byte;
        match (byte, after) {
            (
                b'\\',
                [
                    high @ b'0'..=b'3',
                    middle @ b'0'..=b'7',
                    low @ b'0'..=b'7',
                    after @ ..,
                ],
            ) => {
                rest = after;
                taken = (high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0');
            }
            (b'\\', [escaped, after @ ..]) => {
                rest = after;
                taken = *escaped;
            }
            _ => {}
        }
        content.push(taken);
    }
    Some(content)
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
