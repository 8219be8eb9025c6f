use crate::document::Text;
use std::str::FromStr;

/// A pattern for the path of a request target, without query.
///
/// | pattern | matches |
/// |---|---|
/// | `/health` | that path |
/// | `/assets/*` | everything below `/assets/` |
/// | `*.css`, `/static/*.js` | by suffix, or by prefix and suffix; `*` spans segments too and occurs at most once |
/// | `/users/{id}/orders` | one non-empty segment in place of `{id}`; before a `*` only |
///
/// Paths are compared byte by byte, case-sensitively, as they come: let Envoy normalise them first (`normalize_path`,
/// `merge_slashes`, `path_with_escaped_slashes_action`), and see [`is_ambiguous`].
///
/// ```
/// use http_filter::PathPattern;
/// let orders: PathPattern = "/users/{id}/orders/*".parse().unwrap();
/// assert!(orders.matches(b"/users/42/orders/7"));
/// assert!(!orders.matches(b"/users//orders/7"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
    head: Vec<Piece>,
    /// What follows the `*`, if there is one.
    tail: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Segment,
}

impl PathPattern {
    /// Whether the whole of `path` matches.
    pub fn matches(&self, path: &[u8]) -> bool {
        let mut rest = path;
        for piece in &self.head {
            match piece {
                Piece::Literal(text) => match rest.strip_prefix(text.as_slice()) {
                    Some(after) => rest = after,
                    None => return false,
                },
                Piece::Segment => {
                    let length = rest.iter().take_while(|byte| **byte != b'/').count();
                    if length == 0 {
                        return false;
                    }
                    rest = rest.get(length..).unwrap_or_default();
                }
            }
        }
        self.tail
            .as_ref()
            .map_or(rest.is_empty(), |tail| rest.ends_with(tail))
    }

    /// The pattern as it was written: a name for all paths that match it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for PathPattern {
    type Err = InvalidPathPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPathPattern> {
        let (head, tail) = match text.split_once('*') {
            Some((head, tail)) => (head, Some(tail)),
            None => (text, None),
        };
        let rooted = head.starts_with('/') || (head.is_empty() && tail.is_some());
        let plain_tail = !tail.is_some_and(|tail| tail.contains(['*', '{', '}']));
        if !rooted || !plain_tail || text.contains(['?', '#']) {
            return Err(InvalidPathPattern);
        }
        let mut pieces = Vec::new();
        let mut rest = head;
        while let Some((literal, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(InvalidPathPattern)?;
            let whole_segment =
                literal.ends_with('/') && (after.is_empty() && tail.is_none() || after.starts_with('/'));
            if name.is_empty() || name.contains(['/', '{']) || literal.contains('}') || !whole_segment {
                return Err(InvalidPathPattern);
            }
            pieces.push(Piece::Literal(literal.into()));
            pieces.push(Piece::Segment);
            rest = after;
        }
        if rest.contains('}') {
            return Err(InvalidPathPattern);
        }
        pieces.push(Piece::Literal(rest.into()));
        Ok(Self {
            text: text.to_owned(),
            head: pieces,
            tail: tail.map(Into::into),
        })
    }
}

/// The text is no [`PathPattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {EXPECTED}")]
pub struct InvalidPathPattern;

const EXPECTED: &str = "a path such as \"/health\", \"/assets/*\", \"*.css\" or \"/users/{id}\"";

impl Text for PathPattern {
    const EXPECTED: &'static str = EXPECTED;
    const PATTERN: Option<&'static str> = Some("^(/|[*])[^?#]*$");
    const EXAMPLES: &'static [&'static str] = &["/health", "/assets/*", "*.css", "/users/{id}"];

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Whether upstreams may read `path` as another one than it says: dot segments, empty segments, backslashes, or these
/// percent-encoded (RFC 3986 §6.2.2). A rule that opens a path must not be reached by such a one.
pub fn is_ambiguous(path: &[u8]) -> bool {
    let encoded = path.windows(3).any(|escape| {
        matches!(
            escape,
            [b'%', b'2', b'e' | b'E' | b'f' | b'F'] | [b'%', b'5', b'c' | b'C'] | [b'%', b'0', b'0']
        )
    });
    let mut segments = path
        .strip_prefix(b"/")
        .unwrap_or(path)
        .split(|byte| *byte == b'/')
        .peekable();
    let mut odd_segment = false;
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        odd_segment |= matches!(segment, b"." | b"..") || (segment.is_empty() && !last);
        // `..;x` is `..` to servers that know path parameters.
        odd_segment |= segment.starts_with(b"..;") || segment.starts_with(b".;");
    }
    encoded || odd_segment || path.contains(&b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_as_documented() {
        for (pattern, path, expected) in [
            ("/health", "/health", true),
            ("/health", "/health/", false),
            ("/health", "/healthy", false),
            ("/assets/*", "/assets/a/b.js", true),
            ("/assets/*", "/assets/", true),
            ("/assets/*", "/assets", false),
            ("/*", "/", true),
            ("*", "/anything", true),
            ("*.css", "/x/y.css", true),
            ("*.css", "/x/y.css.map", false),
            ("/static/*.js", "/static/a/b.js", true),
            ("/static/*.js", "/other/b.js", false),
            ("/a*ba", "/aba", true),
            ("/ab*ba", "/aba", false),
            ("/users/{id}", "/users/7", true),
            ("/users/{id}", "/users/", false),
            ("/users/{id}", "/users/7/x", false),
            ("/users/{id}/*", "/users/7/x/y", true),
            ("/{a}/{b}", "/x/y", true),
        ] {
            let parsed: PathPattern = pattern.parse().unwrap();
            assert_eq!(parsed.matches(path.as_bytes()), expected, "{pattern} ~ {path}");
            assert_eq!(parsed.as_str(), pattern);
        }
    }

    #[test]
    fn patterns_that_mean_nothing_are_refused() {
        for text in [
            "", "health", "/a*b*", "/{}", "/{a", "/a}", "/x{a}", "/{a}x", "/{a/b}", "/a?b", "*{a}", "/{a}*",
        ] {
            assert_eq!(text.parse::<PathPattern>(), Err(InvalidPathPattern), "{text:?}");
        }
    }

    #[test]
    fn ambiguous_paths() {
        for (path, expected) in [
            ("/", false),
            ("/a/b/", false),
            ("/a.b/..c", false),
            ("/a/../b", true),
            ("/a/./b", true),
            ("/a/..", true),
            ("//a", true),
            ("/a//b", true),
            ("/a%2fb", true),
            ("/a/%2E%2e/b", true),
            ("/a%5Cb", true),
            ("/a\\b", true),
            ("/a/..;x/b", true),
            ("/%00", true),
            ("/a%20b", false),
        ] {
            assert_eq!(is_ambiguous(path.as_bytes()), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(pattern in ".{0,40}", path in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(parsed) = pattern.parse::<PathPattern>() {
                parsed.matches(&path);
            }
            is_ambiguous(&path);
        }
    }
}
