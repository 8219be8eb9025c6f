use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Now, in seconds since the Unix epoch.
#[allow(
    clippy::disallowed_methods,
    reason = "a command has a clock; filters are told the time"
)]
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Reads a time: seconds since the Unix epoch, or `2027-01-15T08:00:00Z`.
///
/// # Errors
/// What is expected.
pub fn moment(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let time = humantime::parse_rfc3339_weak(text).ok();
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since
        .map(|since| since.as_secs())
        .ok_or_else(|| "expected seconds since 1970, or a time such as 2027-01-15T08:00:00Z".to_owned())
}

/// A time as people read it (RFC 3339), in UTC; far beyond any date, its number.
pub fn in_words(seconds: i64) -> String {
    match u64::try_from(seconds) {
        Ok(positive) if positive <= LAST => {
            humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(positive)).to_string()
        }
        _ => format!("{seconds} s"),
    }
}

/// The last second of the year 9999.
const LAST: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, seconds) in [
            ("2027-01-15T08:00:00Z", 1_800_000_000),
            ("1970-01-01T00:00:00Z", 0),
        ] {
            assert_eq!(moment(text), Ok(seconds), "{text}");
            assert_eq!(in_words(i64::try_from(seconds).unwrap_or_default()), text);
        }
        assert_eq!(moment("7"), Ok(7));
        assert!(moment("yesterday").is_err());
    }
}
