//! The path of a request target in its normal form, and the steps by which servers come from there to a resource.
//!
//! In its normal form ([`normal_form`]) a path has one spelling for every byte: `%2F` and `%3B` are data, `/` and `;` delimit, what
//! needs no escape has none, hexadecimal is in upper case (RFC 3986 §6.2.2.1, §6.2.2.2). Steps take and give [`written_form`]s, which
//! differ in two things: a dot that came escaped is still escaped, and a backslash that didn't isn't. Some servers see the difference.

mod steps;

pub use steps::{STEPS, Step, with_slashes_merged, without_dot_segments};

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
        let may_follow = match byte {
            b'/' => !matches!(before, b'/' | b'.'),
            b'.' => before != b'/',
            _ => is_pchar(*byte),
        };
        if !may_follow {
            return false;
        }
        before = *byte;
    }
    before != b'.'
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
