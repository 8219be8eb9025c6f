//! What upstreams make of a request's path: models of them, told apart from how the filters read paths.

mod escapes;
mod jetty;

use escapes::{decode, with_percents_escaped};
use jetty::decode_odd;

/// What an upstream does on its way from a path to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Undoes every escape.
    Decode,
    /// Undoes escaped slashes and backslashes only, as Envoy's `path_with_escaped_slashes_action` does.
    DecodeSlashes,
    /// Drops path parameters.
    DropParameters,
    /// Drops the last of the path parameters of the last segment.
    DropLastParameter,
    /// Resolves the segments `.` and `..`.
    ResolveDots,
    /// The same; where the last segment is such, what is left ends without a slash.
    ResolveDotsAtEnd,
    /// Makes one slash of many.
    MergeSlashes,
    /// Makes one slash of those in front, as Python's `http.server`.
    MergeFirstSlashes,
    /// Takes backslashes for slashes.
    Backslashes,
    /// Ends the path at a `?` or `#` that an earlier step brought to light.
    CutQuery,
    /// Ends the path at a NUL that an earlier step brought to light.
    CutNul,
    /// Reads the overlong forms of UTF-8, escaped or not.
    Overlong,
    /// Undoes every escape, and what Jetty 9 takes for escapes beside those: `%u0061`, `%6=`.
    DecodeOdd,
    /// Drops the dots and spaces that names end with, as Windows does.
    TrimNames,
    /// Drops the controls and white space of Latin-1 that names end with, as some frameworks do.
    TrimBlanks,
    /// Resolves `//host/path` as a reference, once.
    TakeHost,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Decode,
        Self::DecodeSlashes,
        Self::DropParameters,
        Self::DropLastParameter,
        Self::ResolveDots,
        Self::ResolveDotsAtEnd,
        Self::MergeSlashes,
        Self::MergeFirstSlashes,
        Self::Backslashes,
        Self::CutQuery,
        Self::CutNul,
        Self::Overlong,
        Self::DecodeOdd,
        Self::TrimNames,
        Self::TrimBlanks,
        Self::TakeHost,
    ];

    fn take(self, path: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Decode => decode(&path, |_| true),
            Self::DecodeSlashes => decode(&path, |byte| byte == b'/' || byte == b'\\'),
            Self::DropParameters => each_segment(&path, |segments, segment| {
                segments.push(
                    segment
                        .split(|byte| *byte == b';')
                        .next()
                        .unwrap_or_default()
                        .to_vec(),
                );
            }),
            Self::DropLastParameter => {
                let end = path.iter().rposition(|byte| matches!(byte, b';' | b'/'));
                let is_parameter = end.is_some_and(|end| path.get(end) == Some(&b';'));
                let several = path
                    .iter()
                    .rev()
                    .take_while(|byte| **byte != b'/')
                    .filter(|byte| **byte == b';')
                    .count()
                    > 1;
                match end.filter(|_| is_parameter && several) {
                    Some(end) => path.get(..end).unwrap_or_default().to_vec(),
                    None => path,
                }
            }
            Self::ResolveDots => resolve(&path),
            Self::ResolveDotsAtEnd => {
                let mut resolved = resolve(&path);
                let at_end = path.ends_with(b"/.") || path.ends_with(b"/..");
                if at_end && resolved.len() > 1 && resolved.ends_with(b"/") {
                    resolved.pop();
                }
                resolved
            }
            Self::MergeSlashes => {
                let mut merged = path;
                merged.dedup_by(|byte, before| *byte == b'/' && *before == b'/');
                merged
            }
            Self::MergeFirstSlashes => {
                let slashes = path.iter().take_while(|byte| **byte == b'/').count();
                path.get(slashes.saturating_sub(1)..).unwrap_or_default().to_vec()
            }
            Self::Backslashes => path
                .into_iter()
                .map(|byte| if byte == b'\\' { b'/' } else { byte })
                .collect(),
            Self::CutQuery => until(path, |byte| byte == b'?' || byte == b'#'),
            Self::CutNul => until(path, |byte| byte == 0),
            Self::Overlong => overlong(&decode(&path, |byte| byte >= 0x80)),
            Self::DecodeOdd => decode_odd(&path),
            Self::TrimNames => each_trimmed(&path, |name, last| {
                matches!(last, b'.' | b' ') && !matches!(name, b"." | b"..")
            }),
            Self::TrimBlanks => each_trimmed(&path, |_, last| matches!(last, 0..=0x20 | 0x85 | 0xa0)),
            Self::TakeHost => below_host(&path),
        }
    }
}

/// The resource that an upstream of these steps takes `path` for.
pub fn resource(path: &[u8], steps: &[Step]) -> Vec<u8> {
    let first_host = steps.iter().position(|step| *step == Step::TakeHost);
    let mut resource = with_percents_escaped(path);
    for (place, step) in steps.iter().enumerate() {
        if *step != Step::TakeHost || first_host == Some(place) {
            resource = step.take(resource);
        }
    }
    resource
}

fn each_segment(path: &[u8], mut take: impl FnMut(&mut Vec<Vec<u8>>, &[u8])) -> Vec<u8> {
    let mut segments = Vec::new();
    for segment in path.split(|byte| *byte == b'/') {
        take(&mut segments, segment);
    }
    segments.join(&b'/')
}

fn resolve(path: &[u8]) -> Vec<u8> {
    let dots_at_end = path.ends_with(b"/..") || path.ends_with(b"/.");
    let mut resolved = each_segment(path, |segments, segment| match segment {
        b"." => {}
        b".." => {
            if segments.len() > 1 {
                segments.pop();
            }
        }
        _ => segments.push(segment.to_vec()),
    });
    if dots_at_end || resolved.is_empty() {
        resolved.push(b'/');
    }
    resolved
}

fn overlong(path: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut rest = path;
    loop {
        let (byte, after) = match rest {
            [] => return read,
            [lead @ (0xc0 | 0xc1), last @ 0x80..=0xbf, after @ ..] => ((lead & 1) << 6 | last & 0x3f, after),
            [0xe0, middle @ (0x80 | 0x81), last @ 0x80..=0xbf, after @ ..]
            | [0xf0, 0x80, middle @ (0x80 | 0x81), last @ 0x80..=0xbf, after @ ..] => {
                ((middle & 1) << 6 | last & 0x3f, after)
            }
            [byte, after @ ..] => (*byte, after),
        };
        read.push(byte);
        rest = after;
    }
}

/// With every segment without the characters at its end that `go`, escaped or not.
fn each_trimmed(path: &[u8], go: impl Fn(&[u8], u8) -> bool) -> Vec<u8> {
    each_segment(path, |segments, segment| {
        let mut name = segment.to_vec();
        loop {
            let end = decode(
                name.get(name.len().saturating_sub(3)..).unwrap_or_default(),
                |_| true,
            );
            let (last, length) = match (end.as_slice(), name.last()) {
                ([escaped], _) if name.len() > 2 => (*escaped, 3),
                (_, Some(last)) => (*last, 1),
                _ => break,
            };
            if !go(&name, last) || length == 3 && last == b'.' {
                break;
            }
            name.truncate(name.len() - length);
        }
        segments.push(name);
    })
}

fn below_host(path: &[u8]) -> Vec<u8> {
    let Some(named) = path.strip_prefix(b"//") else {
        return path.to_vec();
    };
    let mut rest = named
        .iter()
        .skip_while(|byte| **byte == b'/')
        .skip_while(|byte| **byte != b'/')
        .copied()
        .peekable();
    match rest.peek() {
        None => b"/".to_vec(),
        Some(_) => rest.collect(),
    }
}

fn until(mut path: Vec<u8>, ends: impl Fn(u8) -> bool) -> Vec<u8> {
    let end = path.iter().position(|byte| ends(*byte));
    path.truncate(end.unwrap_or(path.len()));
    path
}
