//! How long an answer says that it's good for (RFC 9111 §4.2.1).

use http_filter::{Headers, field};
use std::time::Duration;

/// The lifetime of an answer received at `now`: `max-age` less `Age`, else `Expires`; zero where it must not be kept.
pub(crate) fn lifetime(response: &Headers, now: Duration) -> Option<Duration> {
    if let Some(control) = response.combined("cache-control") {
        let mut max_age = None;
        for directive in field::list(&control) {
            let mut sides = directive.splitn(2, |byte| *byte == b'=');
            let name = sides.next().unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"no-store") || name.eq_ignore_ascii_case(b"no-cache") {
                return Some(Duration::ZERO);
            }
            if name.eq_ignore_ascii_case(b"max-age") {
                max_age = max_age.or(seconds(sides.next().unwrap_or_default()));
            }
        }
        if let Some(max_age) = max_age {
            let age = response.first("age").and_then(seconds).unwrap_or_default();
            return Some(Duration::from_secs(max_age.saturating_sub(age)));
        }
    }
    let expires = http_date(response.first("expires")?).unwrap_or_default();
    Some(Duration::from_secs(expires).saturating_sub(now))
}

fn seconds(text: &[u8]) -> Option<u64> {
    let text = field::unquote(text.trim_ascii());
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // More digits than fit are a very long time.
    Some(
        std::str::from_utf8(&text)
            .ok()?
            .parse()
            .unwrap_or(u64::from(u32::MAX)),
    )
}

/// An IMF-fixdate (RFC 9110 §5.6.7) in seconds since the Unix epoch; other forms are long dead.
fn http_date(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split(", ").nth(1)?.strip_suffix(" GMT")?.split(' ');
    let day: u64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    if !(1970..=9999).contains(&year)
        || !(1..=31).contains(&day)
        || hours > 23
        || minutes > 59
        || seconds > 60
    {
        return None;
    }
    // Days since the epoch, counting years from March so that the leap day comes last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes() {
        let now = Duration::from_secs(784_111_777);
        for (name, headers, expected) in [
            ("nothing said", vec![], None),
            ("max-age", vec![("cache-control", "public, Max-Age=60")], Some(60)),
            ("quoted", vec![("cache-control", "max-age=\"60\"")], Some(60)),
            (
                "less its age",
                vec![("cache-control", "max-age=60"), ("age", "50")],
                Some(10),
            ),
            (
                "older than that",
                vec![("cache-control", "max-age=60"), ("age", "70")],
                Some(0),
            ),
            (
                "not to be kept",
                vec![("cache-control", "no-store, max-age=60")],
                Some(0),
            ),
            ("no number", vec![("cache-control", "max-age=-1")], None),
            (
                "expires",
                vec![("expires", "Sun, 06 Nov 1994 08:50:37 GMT")],
                Some(60),
            ),
            (
                "expired",
                vec![("expires", "Sun, 06 Nov 1994 08:49:00 GMT")],
                Some(0),
            ),
            ("expires nonsense", vec![("expires", "0")], Some(0)),
            (
                "max-age goes first",
                vec![("cache-control", "max-age=5"), ("expires", "0")],
                Some(5),
            ),
        ] {
            let response: Headers = headers.into_iter().collect();
            assert_eq!(
                lifetime(&response, now),
                expected.map(Duration::from_secs),
                "{name}"
            );
        }
    }

    #[test]
    fn dates() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Tue, 29 Feb 2000 12:00:00 GMT", Some(951_825_600)),
            ("Fri, 20 Nov 2026 21:42:15 GMT", Some(1_795_210_935)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:49:37 GMT", None),
            ("", None),
        ] {
            assert_eq!(http_date(text.as_bytes()), expected, "{text}");
        }
    }
}
