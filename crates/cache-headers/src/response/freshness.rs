use http_fields::{
    CacheControl, Directives, MAX_DELTA, Scope, Vary, delta_seconds, http_date, list, targeted_cache_control,
};
use http_filter::Headers;
use std::time::Duration;

/// The kind of cache that a response meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache<'a> {
    /// One user's: a browser.
    Private,
    /// Everybody's: a proxy that knows Cache-Control and Expires.
    Shared,
    /// Everybody's, led by the first of these targeted fields that can be read (RFC 9213 §2.2), lower case.
    Targeted(&'a [&'a str]),
}

/// What RFC 9111 lets a cache do with a response: the judge of what this filter writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Whether the response may be stored (§3).
    pub storable: bool,
    /// Whether it may be reused without asking the origin while it's fresh (§4).
    pub reusable: bool,
    /// For how many seconds it's fresh (§4.2.1, §4.2.2).
    pub lifetime: u32,
    /// How many seconds old it is on arrival (§4.2.3).
    pub age: u32,
    /// Whether the response says its lifetime itself.
    pub explicit: bool,
}

impl Freshness {
    /// Judges the response to `request` that arrived at `now` (since the Unix epoch) at a `cache`.
    pub fn of(request: &Headers, response: &Headers, cache: Cache<'_>, now: Duration) -> Self {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let shared = cache != Cache::Private;
        let targeted = match cache {
            Cache::Targeted(fields) => fields.iter().find_map(|field| read(response, field)),
            Cache::Private | Cache::Shared => None,
        };
        let led_by_target = targeted.is_some();
        let said = targeted.unwrap_or_else(|| Directives::of(response.all("cache-control")));
        let expires = (!led_by_target && response.contains("expires")).then(|| expires_after(response, now));
        let explicit = if shared {
            said.shared_lifetime()
        } else {
            said.max_age
        }
        .or(expires);
        let status = response.status().unwrap_or(0);
        let heuristic = is_heuristically_cacheable(status) || said.public;
        Self {
            storable: request.method() == b"GET"
                && status >= 200
                && !forbids_storing(&said, shared, status)
                && (!shared || !request.contains("authorization") || said.opens_to_shared())
                && (explicit.is_some() || heuristic || (!shared && said.private != Scope::Nothing)),
            reusable: said.no_cache != Scope::Response && !Vary::parse(response.all("vary")).is_any(),
            lifetime: explicit.unwrap_or_else(|| if heuristic { guess(response, now) } else { 0 }),
            age: age(response, now),
            explicit: explicit.is_some(),
        }
    }

    /// Whether a cache that has held the response for so many seconds may use it again without asking.
    pub fn serves_after(&self, seconds: u32) -> bool {
        self.storable && self.reusable && self.lifetime > self.age.saturating_add(seconds)
    }
}

/// What a field that is for some shared caches says to them.
fn read(response: &Headers, field: &str) -> Option<Directives> {
    if field == "surrogate-control" {
        let directives = CacheControl::parse_surrogate(response.all(field)).directives();
        return (directives != Directives::default()).then_some(directives);
    }
    targeted_cache_control(&response.combined(field)?)
}

fn forbids_storing(said: &Directives, shared: bool, status: u16) -> bool {
    // §5.2.2.3: a cache that understands the status heeds must-understand in place of no-store.
    let understood = said.must_understand && is_understood(status);
    ((said.no_store || said.must_understand) && !understood) || (shared && said.private == Scope::Response)
}

/// Status codes that caches may store without being told to (RFC 9110 §15.1).
pub(crate) fn is_heuristically_cacheable(status: u16) -> bool {
    matches!(
        status,
        200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501
    )
}

/// Final status codes whose caching is described in RFC 9110 §15.
fn is_understood(status: u16) -> bool {
    matches!(status, 200..=206 | 300..=308 | 400..=417 | 421 | 422 | 426 | 451 | 500..=505)
}

/// Expires less Date, in seconds; a date that can't be read, or several, is past (RFC 9111 §5.3).
pub(crate) fn expires_after(response: &Headers, now: i64) -> u32 {
    let expires = response.single("expires").ok().flatten();
    expires
        .and_then(|text| http_date::parse(text, now))
        .map_or(0, |expires| seconds_between(date(response, now), expires))
}

/// When the response was made: its Date, or else now.
pub(crate) fn date(response: &Headers, now: i64) -> i64 {
    date_field(response, "date", now).unwrap_or(now)
}

pub(crate) fn date_field(message: &Headers, field: &str, now: i64) -> Option<i64> {
    http_date::parse(message.single(field).ok().flatten()?, now)
}

/// A tenth of the time since the last change (RFC 9111 §4.2.2).
fn guess(response: &Headers, now: i64) -> u32 {
    date_field(response, "last-modified", now)
        .map_or(0, |modified| seconds_between(modified, date(response, now)) / 10)
}

/// The age on arrival, taken as instantaneous: by Age, or by Date where that says more.
fn age(response: &Headers, now: i64) -> u32 {
    let apparent = seconds_between(date(response, now), now);
    apparent.max(response.first("age").and_then(age_value).unwrap_or(0))
}

/// The first member of an Age line without its parameters; what is no number of seconds is ignored (RFC 9111 §5.1).
fn age_value(line: &[u8]) -> Option<u32> {
    let first = list::members(line).next()?;
    delta_seconds(list::parameters(first).0)
}

fn seconds_between(from: i64, to: i64) -> u32 {
    u32::try_from(to.saturating_sub(from).max(0))
        .unwrap_or(MAX_DELTA)
        .min(MAX_DELTA)
}
