//! What upstreams make of a request's path: models of them, told apart from how the filters read paths.

/// What an upstream does on its way from a path to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Undoes every escape.
    Decode,
    /// Undoes escaped slashes and backslashes only, as Envoy's `path_with_escaped_slashes_action` does.
    DecodeSlashes,
    /// Drops path parameters.
    DropParameters,
    /// Resolves the segments `.` and `..`.
    ResolveDots,
    /// Makes one slash of many.
    MergeSlashes,
    /// Takes backslashes for slashes.
    Backslashes,
    /// Ends the path at a `?` or `#` that an earlier step brought to light.
    CutQuery,
    /// Ends the path at a NUL that an earlier step brought to light.
    CutNul,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Decode,
        Self::DecodeSlashes,
        Self::DropParameters,
        Self::ResolveDots,
        Self::MergeSlashes,
        Self::Backslashes,
        Self::CutQuery,
        Self::CutNul,
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
            Self::ResolveDots => resolve(&path),
            Self::MergeSlashes => {
                let mut merged = path;
                merged.dedup_by(|byte, before| *byte == b'/' && *before == b'/');
                merged
            }
            Self::Backslashes => path
                .into_iter()
                .map(|byte| if byte == b'\\' { b'/' } else { byte })
                .collect(),
            Self::CutQuery => until(path, |byte| byte == b'?' || byte == b'#'),
            Self::CutNul => until(path, |byte| byte == 0),
        }
    }
}

/// The resource that an upstream of these steps takes `path` for.
pub fn resource(path: &[u8], steps: &[Step]) -> Vec<u8> {
    steps.iter().fold(path.to_vec(), |path, step| step.take(path))
}

fn decode(path: &[u8], undone: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut bytes = path.iter();
    while let Some(&byte) = bytes.next() {
        let digits = bytes.as_slice().first_chunk::<2>();
        let escaped = digits
            .filter(|digits| byte == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
            .filter(|byte| undone(*byte));
        decoded.push(escaped.unwrap_or(byte));
        if escaped.is_some() {
            bytes.nth(1);
        }
    }
    decoded
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

fn until(mut path: Vec<u8>, ends: impl Fn(u8) -> bool) -> Vec<u8> {
    let end = path.iter().position(|byte| ends(*byte));
    path.truncate(end.unwrap_or(path.len()));
    path
}
