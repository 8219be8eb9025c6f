use http_fields::is_token;
use http_filter::protobuf::{Fields, Malformed, Value};
use std::time::Duration;

/// A `RateLimitResponse`, as far as it concerns a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The verdict on all descriptors.
    pub code: Code,
    /// The verdict on each descriptor, in their order; some services send none.
    pub statuses: Vec<Status>,
    /// Fields for the response: names in lower case, none that steers the message itself.
    pub response_headers: Vec<(String, String)>,
    /// Fields for the request, likewise.
    pub request_headers: Vec<(String, String)>,
    /// The body of a refusal; empty for none.
    pub body: Vec<u8>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Code {
    /// None was given.
    #[default]
    Unknown,
    /// There is room.
    Ok,
    /// There is none.
    OverLimit,
}

/// The verdict on one descriptor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The verdict.
    pub code: Code,
    /// The limit that applies.
    pub limit: Option<Limit>,
    /// The units left.
    pub remaining: u32,
    /// How long until the limit starts anew.
    pub reset: Option<Duration>,
}

/// A limit of the service's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// How many units.
    pub requests: u32,
    /// Per how much time; zero when the service doesn't say.
    pub per: Duration,
}

impl Answer {
    /// Parses a message.
    ///
    /// # Errors
    /// [`Malformed`] where it's no such message.
    pub fn parse(message: &[u8]) -> Result<Self, Malformed> {
        let mut answer = Self::default();
        for field in Fields(message) {
            match field? {
                (1, value) => answer.code = Code::new(value)?,
                (2, value) if answer.statuses.len() < MOST => {
                    answer.statuses.push(Status::parse(value.bytes()?)?)
                }
                (3, value) => header(&mut answer.response_headers, value)?,
                (4, value) => header(&mut answer.request_headers, value)?,
                (5, value) => answer.body = value.bytes()?.to_vec(),
                _ => {}
            }
        }
        Ok(answer)
    }
}

impl Answer {
    /// The verdict on a question's only descriptor: the service's status, or what its `X-RateLimit-*` fields tell where
    /// it sends none (limitador: `X-RateLimit-Limit: 10, 10;w=60`, the most restrictive limit first).
    pub fn only_status(&self) -> Status {
        if let Some(status) = self.statuses.first() {
            return *status;
        }
        let overall = Status {
            code: self.code,
            ..Status::default()
        };
        self.told().unwrap_or(overall)
    }

    fn told(&self) -> Option<Status> {
        let field = |name| {
            let mut fields = self.response_headers.iter();
            Some(fields.find(|(known, _)| known == name)?.1.as_str())
        };
        let seconds =
            |text: &str| Some(Duration::from_secs(text.parse().ok()?)).filter(|time| !time.is_zero());
        let mut limits = field("x-ratelimit-limit")?.split(',').map(str::trim);
        let requests = limits.next()?;
        // The same limit again, with its window.
        let window = limits.find_map(|limit| limit.strip_prefix(requests)?.strip_prefix(";w="));
        let per = window.and_then(|window| seconds(window.split(';').next()?));
        Some(Status {
            code: self.code,
            limit: Some(Limit {
                requests: requests.parse().ok()?,
                per: per.unwrap_or_default(),
            }),
            remaining: field("x-ratelimit-remaining")?.parse().ok()?,
            reset: field("x-ratelimit-reset").and_then(seconds),
        })
    }
}

impl Code {
    fn new(value: Value<'_>) -> Result<Self, Malformed> {
        Ok(match value.u32()? {
            1 => Self::Ok,
            2 => Self::OverLimit,
            _ => Self::Unknown,
        })
    }
}

impl Status {
    fn parse(message: &[u8]) -> Result<Self, Malformed> {
        let mut status = Self::default();
        for field in Fields(message) {
            match field? {
                (1, value) => status.code = Code::new(value)?,
                (2, value) => status.limit = Some(Limit::parse(value.bytes()?)?),
                (3, value) => status.remaining = value.u32()?,
                (4, value) => status.reset = duration(value.bytes()?)?,
                _ => {}
            }
        }
        Ok(status)
    }
}

impl Limit {
    fn parse(message: &[u8]) -> Result<Self, Malformed> {
        let mut limit = Self::default();
        for field in Fields(message) {
            match field? {
                (1, value) => limit.requests = value.u32()?,
                (2, value) => {
                    let unit = value.u32()?;
                    let known = UNITS.iter().find(|(number, _)| u32::from(*number) == unit);
                    limit.per = Duration::from_secs(known.map_or(0, |(_, seconds)| *seconds));
                }
                _ => {}
            }
        }
        Ok(limit)
    }
}

/// Time units by their numbers in `RateLimitResponse.RateLimit.Unit` (and `RateLimitUnit`, which agree), in seconds.
pub(crate) const UNITS: [(u8, u64); 7] = [
    (1, 1),
    (2, 60),
    (3, 3_600),
    (4, 86_400),
    (5, 30 * 86_400),
    (6, 365 * 86_400),
    (7, 7 * 86_400),
];

/// A `google.protobuf.Duration`; `None` for one that isn't positive.
fn duration(message: &[u8]) -> Result<Option<Duration>, Malformed> {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Fields(message) {
        match field? {
            (1, value) => seconds = value.i64()?,
            (2, value) => nanos = value.i64()?,
            _ => {}
        }
    }
    let (Ok(seconds), Ok(nanos)) = (u64::try_from(seconds), u32::try_from(nanos)) else {
        return Ok(None);
    };
    let duration = Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanos.into()));
    Ok((!duration.is_zero()).then_some(duration))
}

/// Adds a `HeaderValue` that can do no harm; others are left out, which is what Envoy does with invalid ones.
fn header(headers: &mut Vec<(String, String)>, value: Value<'_>) -> Result<(), Malformed> {
    let (mut name, mut text): (&[u8], &[u8]) = (&[], &[]);
    for field in Fields(value.bytes()?) {
        match field? {
            (1, value) => name = value.bytes()?,
            (2 | 3, value) => text = value.bytes()?,
            _ => {}
        }
    }
    let printable = text
        .iter()
        .all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f));
    if let (Ok(name), Ok(text)) = (str::from_utf8(name), str::from_utf8(text))
        && headers.len() < MOST
        && is_token(name.as_bytes())
        && printable
        && !FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing))
    {
        headers.push((name.to_ascii_lowercase(), text.to_owned()));
    }
    Ok(())
}

/// Fields that say where a message ends or where it goes.
const FRAMING: [&str; 6] = [
    "connection",
    "content-length",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// The most statuses, and the most fields, that are taken from an answer.
const MOST: usize = 64;
