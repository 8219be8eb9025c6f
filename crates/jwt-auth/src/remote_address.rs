use crate::document::JwksDocument;
use crate::mistake::{milliseconds, mistake, quoted};
use http_filter::{ByteSize, ConfigError, Span};
use std::time::Duration;

/// Where and how to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) cluster: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) timeout: Duration,
    pub(crate) refresh: Duration,
    /// How long the document is used beyond its time, in milliseconds.
    pub(crate) stale: u64,
    /// The least time between fetches for unknown names, in milliseconds.
    pub(crate) interval: u64,
    pub(crate) max_bytes: usize,
}

impl Address {
    pub(crate) fn compile(document: &JwksDocument) -> Result<Self, ConfigError> {
        let uri = document.uri.as_deref().unwrap_or_default();
        let (authority, path) = uri
            .strip_prefix("https://")
            .or_else(|| uri.strip_prefix("http://"))
            .map(|rest| {
                rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))
                    .unwrap_or((rest, ""))
            })
            .filter(|(authority, _)| !authority.is_empty())
            .filter(|_| uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'))
            .ok_or_else(|| mistake("uri", &quoted(uri), "an http or https address"))?;
        let cluster = document
            .cluster
            .clone()
            .filter(|cluster| !cluster.is_empty())
            .ok_or_else(|| mistake("cluster", "nothing", "the name of Envoy's cluster for this uri"))?;
        let span =
            |given: Option<Span>, default: u64| given.map_or(Duration::from_secs(default), Span::duration);
        let timeout = span(document.timeout, 5);
        if timeout.is_zero() || timeout > Duration::from_secs(60) {
            return Err(mistake(
                "timeout",
                &milliseconds(timeout),
                "more than 0 and at most 60s",
            ));
        }
        let refresh = span(document.refresh, 600);
        if refresh < MIN_LIFETIME {
            return Err(mistake("refresh", &milliseconds(refresh), "at least 1s"));
        }
        let max_bytes = document.max_bytes.map_or(256 << 10, ByteSize::bytes);
        Ok(Self {
            cluster,
            authority: authority.to_owned(),
            path: if path.is_empty() {
                "/".into()
            } else {
                path.to_owned()
            },
            timeout,
            refresh,
            stale: millis(span(document.stale, 86_400)),
            interval: millis(span(document.unknown_key_interval, 10)),
            max_bytes: max_bytes.clamp(1 << 10, 8 << 20) as usize,
        })
    }
}

/// Whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

const MIN_LIFETIME: Duration = Duration::from_secs(1);
