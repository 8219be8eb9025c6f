//! What servers do to paths on their way to a resource.

use super::written_form;
use crate::{hex, percent};

/// What a server does to a path; `None` where that is nothing.
pub type Step = fn(&[u8]) -> Option<Vec<u8>>;

/// What servers do to paths, each alone: what they make of one is some of these, in some order.
pub const STEPS: [Step; 17] = [
    without_parameters,
    without_last_parameter,
    without_dot_segments,
    without_dots_at_end,
    with_slashes_merged,
    with_leading_slashes_merged,
    with_escaped_slashes,
    with_backslashes,
    with_escaped_backslashes,
    with_escaped_dots,
    decoded,
    until_query,
    until_nul,
    with_overlong_forms,
    with_odd_escapes,
    without_trailing_dots,
    without_trailing_blanks,
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

/// Without the last of several path parameters at the end, as Jetty takes a path that needs nothing else done to it.
fn without_last_parameter(path: &[u8]) -> Option<Vec<u8>> {
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let (first, last) = (memchr::memchr(b';', name)?, memchr::memrchr(b';', path)?);
    (path.len() - name.len() + first < last).then(|| path.get(..last).unwrap_or_default().to_vec())
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

/// Without dot segments where the last one is such, and without a slash in its place, as Tomcat has it: `/a/.` is `/a`.
fn without_dots_at_end(path: &[u8]) -> Option<Vec<u8>> {
    if !(path.ends_with(b"/.") || path.ends_with(b"/..")) {
        return None;
    }
    let mut made = without_dot_segments(path)?;
    if made.len() > 1 {
        made.pop();
    }
    Some(made)
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

/// With the slashes that the path begins with as one, as Python's `http.server` has it.
fn with_leading_slashes_merged(path: &[u8]) -> Option<Vec<u8>> {
    let behind = path.strip_prefix(b"//")?;
    let name = behind
        .iter()
        .position(|byte| *byte != b'/')
        .unwrap_or(behind.len());
    path.get(name + 1..).map(<[u8]>::to_vec)
}

/// With `%2F` as the delimiter.
fn with_escaped_slashes(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, |escape| {
        Some((Character::Byte(b'/'), escape.strip_prefix(b"%2F")?))
    })
}

/// With backslashes as slashes.
fn with_backslashes(path: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'\\', path)?;
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    Some(path.iter().map(slash).collect())
}

/// With `%5C` as the delimiter.
fn with_escaped_backslashes(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, |escape| {
        Some((Character::Byte(b'/'), escape.strip_prefix(b"%5C")?))
    })
}

/// With dots that needed no escape.
fn with_escaped_dots(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, |escape| {
        Some((Character::Byte(b'.'), escape.strip_prefix(b"%2E")?))
    })
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

/// With the ASCII characters that were written in two to four bytes of UTF-8, which RFC 3629 §3 forbids.
fn with_overlong_forms(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, |escapes| {
        OVERLONG.iter().find_map(|(lead, upper)| {
            let (last, after) = percent::first(escapes.strip_prefix(*lead)?)?;
            (last >> 6 == 0b10).then_some((Character::Byte(upper | last & 0x3f), after))
        })
    })
}

/// How overlong forms begin, and the upper bits of what their last byte is the rest of.
const OVERLONG: [(&[u8], u8); 6] = [
    (b"%C0", 0),
    (b"%C1", 0x40),
    (b"%E0%80", 0),
    (b"%E0%81", 0x40),
    (b"%F0%80%80", 0),
    (b"%F0%80%81", 0x40),
];

/// Without the dots and spaces that names end with, as Windows reads them.
fn without_trailing_dots(path: &[u8]) -> Option<Vec<u8>> {
    trimmed(path, |name| match name {
        b"." | b".." => None,
        [rest @ .., b'.'] | [rest @ .., b'%', b'2', b'0'] => Some(rest),
        _ => None,
    })
}

/// Without the controls and white space of Latin-1 that names end with, which some frameworks strip.
fn without_trailing_blanks(path: &[u8]) -> Option<Vec<u8>> {
    trimmed(path, |name| match name {
        [rest @ .., b'%', b'0' | b'1', _]
        | [rest @ .., b'%', b'2' | b'A', b'0']
        | [rest @ .., b'%', b'8', b'5'] => Some(rest),
        _ => None,
    })
}

/// With every segment without what `shorter` takes off its end, for as long as it does.
fn trimmed(path: &[u8], shorter: fn(&[u8]) -> Option<&[u8]>) -> Option<Vec<u8>> {
    let mut made: Vec<u8> = Vec::with_capacity(path.len());
    for (number, segment) in path.split(|byte| *byte == b'/').enumerate() {
        if number > 0 {
            made.push(b'/');
        }
        let mut name = segment;
        while let Some(rest) = shorter(name) {
            name = rest;
        }
        made.extend_from_slice(name);
    }
    (made.len() < path.len()).then_some(made)
}

fn until(path: &[u8], ends: fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let end = memchr::memchr_iter(b'%', path).find(|at| path.get(*at..*at + 3).is_some_and(ends))?;
    path.get(..end).map(<[u8]>::to_vec)
}

/// With the escapes that are none (RFC 3986 §2.1) and that Jetty undoes: `%u0061`, and `%6=`, whose `=` it counts as hexadecimal.
fn with_odd_escapes(path: &[u8]) -> Option<Vec<u8>> {
    replaced(path, |escape| {
        let escape = escape.strip_prefix(b"%25")?;
        let (mut rest, digits) = match escape.strip_prefix(b"u") {
            Some(after) => (after, 4),
            None => (escape, 2),
        };
        let (mut code, mut is_odd) = (0, digits == 4);
        for _ in 0..digits {
            let (byte, after) = percent::first(rest)?;
            is_odd |= hex::digit(byte).is_none();
            code = code << 4 | u32::from(hex::digit(byte).or_else(|| odd_digit(byte))?);
            rest = after;
        }
        let character = match digits {
            2 => Character::Byte(code as u8),
            _ => Character::Unicode(char::from_u32(code)?),
        };
        is_odd.then_some((character, rest))
    })
}

/// What Jetty counts for a character that is no digit.
fn odd_digit(byte: u8) -> Option<u8> {
    match byte {
        0x10..=0x1f | b':'..=b'?' => Some(byte & 15),
        b'@' | b'`' => Some(9),
        _ => None,
    }
}

/// What an escape stands for.
enum Character {
    Byte(u8),
    Unicode(char),
}

/// `path` with a character in place of every escape that `known` knows; it gives what follows, too.
fn replaced(path: &[u8], known: impl Fn(&[u8]) -> Option<(Character, &[u8])>) -> Option<Vec<u8>> {
    let mut made = Vec::with_capacity(path.len());
    let mut rest = path;
    let mut changed = false;
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (before, escape) = rest.split_at_checked(at)?;
        made.extend_from_slice(before);
        rest = match known(escape) {
            Some((character, after)) => {
                changed = true;
                match character {
                    Character::Byte(byte) => made.push(byte),
                    Character::Unicode(letter) => {
                        made.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                after
            }
            None => {
                made.push(b'%');
                escape.get(1..).unwrap_or_default()
            }
        };
    }
    made.extend_from_slice(rest);
    changed.then(|| written_form(&made).into_owned())
}

#[cfg(test)]
mod tests;
