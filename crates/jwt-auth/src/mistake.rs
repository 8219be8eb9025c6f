use http_filter::ConfigError;
use std::time::Duration;

/// A mistake in a configuration, of texts only: with one type for all of them, the formatting exists once.
#[inline(never)]
pub(crate) fn mistake(path: &str, found: &str, expected: &str) -> ConfigError {
    ConfigError::new(path, found, expected)
}

/// A text as it's quoted in errors.
pub(crate) fn quoted(text: &str) -> String {
    ["\"", text, "\""].concat()
}

/// A length of time as it's told in errors.
pub(crate) fn milliseconds(time: Duration) -> String {
    [&time.as_millis().to_string(), "ms"].concat()
}

/// The path of a member of a list.
pub(crate) fn member(list: &str, index: usize) -> String {
    [list, "[", &index.to_string(), "]"].concat()
}
