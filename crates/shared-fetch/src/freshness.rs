//! How long an answer says that it's good for (RFC 9111 §4.2.1).

use http_fields::{Directives, Scope, delta_seconds, http_date, list};
use http_filter::Headers;
use std::time::Duration;

/// The lifetime of an answer received at `now`: `max-age` less `Age`, else `Expires`; zero where it must not be kept.
pub(crate) fn lifetime(response: &Headers, now: Duration) -> Option<Duration> {
    let said = Directives::of(response.all("cache-control"));
    if said.no_store || said.no_cache == Scope::Response {
        return Some(Duration::ZERO);
    }
    if let Some(max_age) = said.max_age {
        let age = response.first("age").and_then(|age| list::members(age).next());
        let age = age.and_then(delta_seconds).unwrap_or_default();
        return Some(Duration::from_secs(max_age.saturating_sub(age).into()));
    }
    let received = i64::try_from(now.as_secs()).ok()?;
    let expires = http_date::parse(response.first("expires")?, received);
    let expires = expires
        .and_then(|date| u64::try_from(date).ok())
        .unwrap_or_default();
    Some(Duration::from_secs(expires).saturating_sub(now))
}

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
            (
                "without a comma",
                vec![("cache-control", "max-age=60; no-store")],
                Some(0),
            ),
            (
                "for a field only",
                vec![("cache-control", "no-cache=\"set-cookie\", max-age=60")],
                Some(60),
            ),
            ("no number", vec![("cache-control", "max-age=-1")], Some(0)),
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
            (
                "a day that isn't",
                vec![("expires", "Mon, 31 Feb 2094 08:49:37 GMT")],
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
}
