//! The paths and values that errors show.

/// The path of an item of a list: `rules[0]`.
#[inline(never)]
#[must_use]
pub fn nth(list: &str, index: usize) -> String {
    [list, "[", &index.to_string(), "]"].concat()
}

/// The path of a member of an object: `jwks.uri`.
#[inline(never)]
#[must_use]
pub fn joined(path: &str, name: &str) -> String {
    [path, ".", name].concat()
}

/// A text of the configuration, in quotes.
#[inline(never)]
#[must_use]
pub fn quoted(text: &str) -> String {
    ["\"", text, "\""].concat()
}
