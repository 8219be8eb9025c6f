use crate::document::Text;
use http_fields::path::{self, normal_form};
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
/// Paths are compared in their [normal form](http_fields::path::normal_form), which the pattern is brought into too.
/// Which paths a request may have is said by its
/// [readings](crate::Headers::readings).
///
/// ```
/// use http_filter::PathPattern;
/// let orders: PathPattern = "/users/{id}/orders/*".parse().unwrap();
/// assert!(orders.matches(b"/users/42/orders/7", false));
/// assert!(orders.matches(b"/Users/42/Orders/7", true));
/// assert!(!orders.matches(b"/users//orders/7", false));
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
    /// Whether the whole of `path`, in its normal form, matches; in any case of ASCII letters with `ignore_case`.
    pub fn matches(&self, path: &[u8], ignore_case: bool) -> bool {
        let same = |part: &[u8], text: &[u8]| part == text || ignore_case && part.eq_ignore_ascii_case(text);
        let mut rest = path;
        for piece in &self.head {
            match piece {
                Piece::Literal(text) => match rest.split_at_checked(text.len()) {
                    Some((front, after)) if same(front, text) => rest = after,
                    _ => return false,
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
        match &self.tail {
            None => rest.is_empty(),
            Some(tail) => {
                let end = rest.len().checked_sub(tail.len()).and_then(|at| rest.get(at..));
                end.is_some_and(|end| same(end, tail))
            }
        }
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
        if !rooted || !plain_tail || text.contains(['?', '#']) || resolved(text).is_some() {
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
            pieces.push(Piece::Literal(normal_form(literal.as_bytes()).into()));
            pieces.push(Piece::Segment);
            rest = after;
        }
        if rest.contains('}') {
            return Err(InvalidPathPattern);
        }
        pieces.push(Piece::Literal(normal_form(rest.as_bytes()).into()));
        Ok(Self {
            text: text.to_owned(),
            head: pieces,
            tail: tail.map(|tail| normal_form(tail.as_bytes()).into()),
        })
    }
}

/// What a pattern with dot segments or empty segments means, of which no path is left that servers agree on.
fn resolved(text: &str) -> Option<String> {
    let text = text.replace("%2e", ".").replace("%2E", ".");
    let mut path = text.clone().into_bytes();
    for step in [path::without_dot_segments, path::with_slashes_merged] {
        path = step(&path).unwrap_or(path);
    }
    String::from_utf8(path).ok().filter(|path| *path != text)
}

/// The text is no [`PathPattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {EXPECTED}")]
pub struct InvalidPathPattern;

const EXPECTED: &str = "a path such as \"/health\", \"/assets/*\", \"*.css\" or \"/users/{id}\"";

impl Text for PathPattern {
    const EXPECTED: &'static str = EXPECTED;
    const PATTERN: Option<&'static str> = Some("^(?!.*//)(?!.*/[.]{1,2}(/|$))(/|[*])[^?#]*$");
    const EXAMPLES: &'static [&'static str] = &["/health", "/assets/*", "*.css", "/users/{id}"];

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn advice(text: &str) -> Option<String> {
        let resolved = resolved(text).filter(|path| path.parse::<Self>().is_ok())?;
        Some(["\"", &resolved, "\", without dot segments and empty ones"].concat())
    }
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
            ("/b\u{fc}ro/*", "/b%c3%bcro/x", true),
            ("/b%C3%BCro/*", "/b\u{fc}ro/x", true),
            ("/a b", "/a%20b", true),
            ("/%61dmin", "/admin", true),
            ("/v1/users:delete", "/v1/users%3Adelete", true),
            ("/a%2fb", "/a/b", false),
            ("/a%2fb", "/a%2Fb", true),
            ("/%2A", "/x", false),
            ("/%2A", "/*", true),
            ("/admin/*", "/Admin/x", false),
        ] {
            let parsed: PathPattern = pattern.parse().unwrap();
            assert_eq!(
                parsed.matches(&normal_form(path.as_bytes()), false),
                expected,
                "{pattern} ~ {path}"
            );
            assert_eq!(parsed.as_str(), pattern);
        }
    }

    #[test]
    fn patterns_that_mean_nothing_are_refused() {
        for text in [
            "",
            "health",
            "/a*b*",
            "/{}",
            "/{a",
            "/a}",
            "/x{a}",
            "/{a}x",
            "/{a/b}",
            "/a?b",
            "*{a}",
            "/{a}*",
            "/a/../b",
            "//a",
            "/a/%2e%2E/*",
            "/{a}//b",
            "/a/.",
        ] {
            assert_eq!(text.parse::<PathPattern>(), Err(InvalidPathPattern), "{text:?}");
        }
    }

    #[test]
    fn what_can_match_nothing_is_refused_with_what_to_write() {
        for (text, expected) in [
            ("/a/../b", Some("/b")),
            ("//a//*", Some("/a/*")),
            ("/{a}/./b", Some("/{a}/b")),
            ("/a/%2e%2e/*", Some("/*")),
            ("health", None),
        ] {
            let advice = PathPattern::advice(text);
            let expected = expected.map(|path| format!("\"{path}\", without dot segments and empty ones"));
            assert_eq!(advice, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(pattern in ".{0,40}", path in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(parsed) = pattern.parse::<PathPattern>() {
                parsed.matches(&path, true);
            }
        }
    }
}
