//! Paths and values, as errors show them.

/// The path of an item: `rules[0]`.
#[inline(never)]
pub(crate) fn nth(list: &str, index: usize) -> String {
    [list, "[", &index.to_string(), "]"].concat()
}

/// The path of a member of an object.
#[inline(never)]
pub(crate) fn joined(path: &str, name: &str) -> String {
    [path, ".", name].concat()
}

/// A text from the configuration.
pub(crate) fn quoted(text: &str) -> String {
    ["\"", text, "\""].concat()
}
