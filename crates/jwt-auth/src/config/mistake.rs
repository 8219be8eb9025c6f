use http_filter::ConfigError;
use std::time::Duration;

/// A mistake in a configuration, of texts only: with one type for all of them, the formatting exists once.
#[inline(never)]
pub(crate) fn mistake(path: &str, found: &str, expected: &str) -> ConfigError {
    ConfigError::new(path, found, expected)
}

/// A length of time as it's told in errors.
pub(crate) fn milliseconds(time: Duration) -> String {
    [&time.as_millis().to_string(), "ms"].concat()
}
