//! The path of a request target in its normal form, and the steps by which servers come from there to a resource.
//!
//! In its normal form ([`normal_form`]) a path has one spelling for every byte: `%2F` and `%3B` are data, `/` and `;` delimit, what
//! needs no escape has none, hexadecimal is in upper case (RFC 3986 §6.2.2.1, §6.2.2.2). Steps take and give [`written_form`]s, which
//! differ in two things: a dot that came escaped is still escaped, and a backslash that didn't isn't. Some servers see the difference.

use crate::{ascii_set::AsciiSet, percent};
use std::borrow::Cow;

/// The one spelling of every byte of a path.
pub fn normal_form(path: &[u8]) -> Cow<'_, [u8]> {
    form(path, b"/;", b"")
}

/// The one spelling of every byte of a path, before dots and backslashes.
pub fn written_form(path: &[u8]) -> Cow<'_, [u8]> {
    form(path, b"/;\\", b".")
}

/// With `delimiters` as they came, and `data` escaped where it came so.
fn form<'a>(path: &'a [u8], delimiters: &[u8], data: &[u8]) -> Cow<'a, [u8]> {
    if path
        .iter()
        .all(|byte| is_pchar(*byte) || delimiters.contains(byte))
    {
        return Cow::Borrowed(path);
    }
    let mut normal = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((byte, after)) = percent::first(rest) {
        // An escaped delimiter is data.
        let as_it_stands = rest.len() - after.len() == 1;
        let stays = match as_it_stands {
            true => is_pchar(byte) || delimiters.contains(&byte),
            false => is_pchar(byte) && !data.contains(&byte),
        };
        if stays {
            normal.push(byte);
        } else {
            normal.extend_from_slice(&percent::escape(byte));
        }
        rest = after;
    }
    Cow::Owned(normal)
}

/// Whether a path is in its normal form, and no [step](STEPS) makes another one of it.
pub fn is_plain(path: &[u8]) -> bool {
    let Some((b'/', rest)) = path.split_first() else {
        return path == b"*";
    };
    let mut before = b'/';
    for byte in rest {
        if before == b'/' && matches!(byte, b'/' | b'.') || !(is_pchar(*byte) || *byte == b'/') {
            return false;
        }
        if before == b'.' && *byte == b'/' {
            return false;
        }
        before = *byte;
    }
    before != b'.'
}

/// What a server does to a path; `None` where that is nothing.
pub type Step = fn(&[u8]) -> Option<Vec<u8>>;

/// What servers do to paths, each alone: what they make of one is some of these, in some order.
pub const STEPS: [Step; 12] = [
    without_parameters,
    without_dot_segments,
    with_slashes_merged,
    with_escaped_slashes,
    with_backslashes,
    with_escaped_backslashes,
    with_escaped_dots,
    decoded,
    until_query,
    until_nul,
    with_overlong_forms,
    without_trailing_dots,
];

/// Without path parameters: what stands between a `;` and the end of its segment (RFC 3986 §3.3).
fn without_parameters(path: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b';', path)?;
    let mut inside = false;
    let stays = |byte: &u8| {
        inside = *byte == b';' || inside && *byte != b'/';
        !inside
    };
    Some(path.iter().copied().filter(stays).collect::<Vec<u8>>()).filter(|made| made.len() < path.len())
}

/// Without the segments `.` and `..` (RFC 3986 §5.2.4).
pub fn without_dot_segments(path: &[u8]) -> Option<Vec<u8>> {
    let rooted = path.strip_prefix(b"/")?;
    memchr::memchr(b'.', rooted)?;
    let mut made: Vec<u8> = Vec::with_capacity(path.len());
    let mut ends_open = false;
    for segment in rooted.split(|byte| *byte == b'/') {
        ends_open = matches!(segment, b"." | b"..");
        match segment {
            b"." => {}
            b".." => {
                let parent = memchr::memrchr(b'/', &made);
                made.truncate(parent.unwrap_or(0));
            }
            _ => {
                made.push(b'/');
                made.extend_from_slice(segment);
            }
        }
    }
    if ends_open || made.is_empty() {
        made.push(b'/');
    }
    (made != path).then_some(made)
}

/// With every run of slashes as one.
pub fn with_slashes_merged(path: &[u8]) -> Option<Vec<u8>> {
    let mut before = 0;
    let stays = |byte: &u8| {
        let doubled = *byte == b'/' && before == b'/';
        before = *byte;
        !doubled
    };
    Some(path.iter().copied().filter(stays).collect::<Vec<u8>>()).filter(|made| made.len() < path.len())
}

/// With `%2F` as the delimiter.
fn with_escaped_slashes(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, &[(b"%2F", b"/")])
}

/// With backslashes as slashes.
fn with_backslashes(path: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'\\', path)?;
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    Some(path.iter().map(slash).collect())
}

/// With `%5C` as the delimiter.
fn with_escaped_backslashes(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, &[(b"%5C", b"/")])
}

/// With dots that needed no escape.
fn with_escaped_dots(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, &[(b"%2E", b".")])
}

/// With every escape decoded once: data becomes delimiters, and what was escaped twice an escape.
fn decoded(path: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'%', path)?;
    let bytes = percent::decode(path);
    let made = written_form(&bytes);
    (*made != *path).then(|| made.into_owned())
}

/// Up to an escaped `?` or `#`, which delimit once they are decoded.
fn until_query(path: &[u8]) -> Option<Vec<u8>> {
    until(path, |escape| matches!(escape, b"%3F" | b"%23"))
}

/// Up to a NUL, where strings in C end.
fn until_nul(path: &[u8]) -> Option<Vec<u8>> {
    until(path, |escape| escape == b"%00")
}

/// With dots, slashes and backslashes that were written in two bytes of UTF-8, which RFC 3629 §3 forbids.
fn with_overlong_forms(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, &[(b"%C0%AE", b"."), (b"%C0%AF", b"/"), (b"%C1%9C", b"\\")])
}

/// Without the dots, spaces and controls that segments end with, as Windows reads names.
fn without_trailing_dots(path: &[u8]) -> Option<Vec<u8>> {
    let mut made: Vec<u8> = Vec::with_capacity(path.len());
    for (number, segment) in path.split(|byte| *byte == b'/').enumerate() {
        if number > 0 {
            made.push(b'/');
        }
        made.extend_from_slice(name(segment));
    }
    (made != path).then_some(made)
}

fn name(segment: &[u8]) -> &[u8] {
    let mut name = segment;
    loop {
        name = match name {
            b"." | b".." => return name,
            [rest @ .., b'.'] | [rest @ .., b'%', b'2', b'0'] | [rest @ .., b'%', b'0' | b'1', _] => rest,
            _ => return name,
        };
    }
}

fn until(path: &[u8], ends: fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let end = memchr::memchr_iter(b'%', path).find(|at| path.get(*at..*at + 3).is_some_and(ends))?;
    path.get(..end).map(<[u8]>::to_vec)
}

/// `path` with these texts, all of which begin with `%`, in place of others.
fn replaced(path: &[u8], texts: &[(&[u8], &[u8])]) -> Option<Vec<u8>> {
    let mut made = Vec::with_capacity(path.len());
    let mut rest = path;
    let mut changed = false;
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (before, escape) = rest.split_at_checked(at)?;
        made.extend_from_slice(before);
        let known = texts
            .iter()
            .find_map(|(text, other)| Some((escape.strip_prefix(*text)?, *other)));
        rest = match known {
            Some((after, other)) => {
                changed = true;
                made.extend_from_slice(other);
                after
            }
            None => {
                made.push(b'%');
                escape.get(1..).unwrap_or_default()
            }
        };
    }
    made.extend_from_slice(rest);
    changed.then_some(made)
}

/// Whether a path needs no escape for `byte` (RFC 3986 §3.3, `pchar`); `;` apart, which delimits parameters.
pub fn is_pchar(byte: u8) -> bool {
    PCHARS.has(byte)
}

const PCHARS: AsciiSet =
    AsciiSet::of(b"-._~!$&'()*+,=:@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normal_forms() {
        for (path, expected) in [
            ("/admin", "/admin"),
            ("/%61dmin", "/admin"),
            ("/b%c3%bcro", "/b%C3%BCro"),
            ("/b\u{fc}ro", "/b%C3%BCro"),
            ("/v1/users%3Adelete", "/v1/users:delete"),
            ("/a%2fb%3bc;d", "/a%2Fb%3Bc;d"),
            ("/a\\b%5c", "/a%5Cb%5C"),
            ("/100%", "/100%25"),
            ("/%%32f", "/%252f"),
            ("/a b", "/a%20b"),
            ("/%2e%2E/", "/../"),
            ("", ""),
        ] {
            assert_eq!(*normal_form(path.as_bytes()), *expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn steps() {
        for (name, step, path, expected) in [
            (
                "parameters",
                without_parameters as Step,
                "/a;x/b;y=1;z/c",
                Some("/a/b/c"),
            ),
            ("parameters alone", without_parameters, "/;/a", Some("//a")),
            ("no parameters", without_parameters, "/a", None),
            ("dots", without_dot_segments, "/a/./b/../c", Some("/a/c")),
            ("dots at the end", without_dot_segments, "/a/b/..", Some("/a/")),
            ("dots above the root", without_dot_segments, "/../..", Some("/")),
            (
                "dots over an empty segment",
                without_dot_segments,
                "/a//../b",
                Some("/a/b"),
            ),
            ("no dot segments", without_dot_segments, "/a.b/..c", None),
            ("slashes", with_slashes_merged, "//a///b/", Some("/a/b/")),
            ("single slashes", with_slashes_merged, "/a/b/", None),
            (
                "escaped slashes",
                with_escaped_slashes,
                "/a%2Fb%5C",
                Some("/a/b%5C"),
            ),
            ("backslashes", with_backslashes, "/a\\b", Some("/a/b")),
            ("escaped ones", with_escaped_backslashes, "/a%5Cb", Some("/a/b")),
            ("escaped dots", with_escaped_dots, "/%2E%2E/", Some("/../")),
            ("decoded", decoded, "/a%2Fb%3Bc%252F", Some("/a/b;c%2F")),
            ("decoded to the same", decoded, "/%C3%BC", None),
            ("query", until_query, "/a%3Fb%23", Some("/a")),
            ("NUL", until_nul, "/a%00.css", Some("/a")),
            (
                "overlong",
                with_overlong_forms,
                "/%C0%AE%C0%AE%C0%AFa",
                Some("/../a"),
            ),
            (
                "trailing dots",
                without_trailing_dots,
                "/a./b%20/..%20/c%0A",
                Some("/a/b/../c"),
            ),
        ] {
            let made = step(path.as_bytes());
            assert_eq!(made.as_deref(), expected.map(str::as_bytes), "{name}");
        }
    }

    proptest! {
        #[test]
        fn steps_make_written_forms_and_plain_paths_stay(path in "[/.;a%2F5c0E\\\\ \u{fc}]{0,24}") {
            let normal = normal_form(path.as_bytes());
            prop_assert_eq!(&*normal_form(&normal), &*normal);
            let written = written_form(path.as_bytes());
            for step in STEPS {
                if let Some(made) = step(&written) {
                    prop_assert_eq!(&*written_form(&made), &made[..]);
                    prop_assert_ne!(&made[..], &*written);
                    prop_assert!(!is_plain(path.as_bytes()), "{}", path);
                }
            }
            if is_plain(path.as_bytes()) {
                prop_assert_eq!(&*normal, path.as_bytes());
            }
        }
    }
}
