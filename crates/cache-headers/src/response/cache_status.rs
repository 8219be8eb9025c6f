use crate::counter::Counter;
use http_filter::{Headers, Host};
use sfv::{
    BareItemFromInput, KeyRef, Parser,
    visitor::{EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ListVisitor, ParameterVisitor},
};
use std::convert::Infallible;

/// What a Cache-Status field (RFC 9211) says of one cache on the way. This filter reads it and never writes it: it is
/// no cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStatus {
    /// The response came out of the cache.
    pub hit: bool,
    /// Why the request went forward.
    pub fwd: Option<Forward>,
    /// The response was stored.
    pub stored: bool,
    /// The request was collapsed with others.
    pub collapsed: bool,
    /// How long the response is fresh yet, in seconds; negative when stale.
    pub ttl: Option<i64>,
}

/// Why a cache sent a request forward (RFC 9211 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forward {
    /// Configured not to handle it.
    Bypass,
    /// The method.
    Method,
    /// Nothing stored for the URI.
    UriMiss,
    /// Something stored, but not for these request fields.
    VaryMiss,
    /// Nothing stored; no further reason.
    Miss,
    /// The request's own directives.
    Request,
    /// What was stored is stale.
    Stale,
    /// Only a part is stored.
    Partial,
}

impl Forward {
    const ALL: [(&'static str, Self); 8] = [
        ("bypass", Self::Bypass),
        ("method", Self::Method),
        ("uri-miss", Self::UriMiss),
        ("vary-miss", Self::VaryMiss),
        ("miss", Self::Miss),
        ("request", Self::Request),
        ("stale", Self::Stale),
        ("partial", Self::Partial),
    ];

    fn parse(token: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == token)
            .map(|(_, forward)| *forward)
    }
}

impl From<Forward> for Counter {
    fn from(reason: Forward) -> Self {
        match reason {
            Forward::Bypass => Self::UpstreamBypass,
            Forward::Method => Self::UpstreamMethod,
            Forward::UriMiss => Self::UpstreamUriMiss,
            Forward::VaryMiss => Self::UpstreamVaryMiss,
            Forward::Miss => Self::UpstreamMiss,
            Forward::Request => Self::UpstreamRequest,
            Forward::Stale => Self::UpstreamStale,
            Forward::Partial => Self::UpstreamPartial,
        }
    }
}

impl CacheStatus {
    /// Reads the last member of the field: the cache nearest to us. `None` where the field can't be read.
    pub fn nearest(line: &[u8]) -> Option<Self> {
        Parser::new(line)
            .parse_list_with_visitor(Nearest::default())
            .ok()?
    }
}

/// Counts what the nearest cache upstream says of itself.
pub(crate) fn count_nearest(response: &Headers, host: &dyn Host) {
    let line = response.combined("cache-status");
    let Some(status) = line.and_then(|line| CacheStatus::nearest(&line)) else {
        return;
    };
    if status.hit {
        Counter::UpstreamHit.count(host);
    } else if let Some(forward) = status.fwd {
        Counter::from(forward).count(host);
    }
    if status.stored {
        Counter::UpstreamStored.count(host);
    }
    if status.collapsed {
        Counter::UpstreamCollapsed.count(host);
    }
}

#[derive(Default)]
struct Nearest(Option<CacheStatus>);

impl<'de> ListVisitor<'de> for Nearest {
    type Out = Option<CacheStatus>;
    type Error = Infallible;

    fn entry(&mut self) -> Result<impl EntryVisitor<'de>, Infallible> {
        Ok(Member(self.0.insert(CacheStatus::default())))
    }

    fn finish(self) -> Result<Option<CacheStatus>, Infallible> {
        Ok(self.0)
    }
}

struct Member<'v>(&'v mut CacheStatus);

impl<'de> EntryVisitor<'de> for Member<'_> {
    type Error = Infallible;

    fn item(self) -> Result<impl ItemVisitor<'de>, Infallible> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Infallible> {
        Ok(Ignored)
    }
}

impl<'de> ItemVisitor<'de> for Member<'_> {
    type Out = ();
    type Error = Infallible;

    fn bare_item(
        self,
        _name_of_the_cache: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, Infallible> {
        Ok(self)
    }
}

impl<'de> ParameterVisitor<'de> for Member<'_> {
    type Out = ();
    type Error = Infallible;

    fn parameter(&mut self, key: &'de KeyRef, value: BareItemFromInput<'de>) -> Result<(), Infallible> {
        match (key.as_str(), value) {
            ("hit", BareItemFromInput::Boolean(hit)) => self.0.hit = hit,
            ("stored", BareItemFromInput::Boolean(stored)) => self.0.stored = stored,
            ("collapsed", BareItemFromInput::Boolean(collapsed)) => self.0.collapsed = collapsed,
            ("ttl", BareItemFromInput::Integer(ttl)) => self.0.ttl = Some(ttl.into()),
            ("fwd", BareItemFromInput::Token(reason)) => {
                // An unknown reason is still a reason.
                self.0.fwd = Some(Forward::parse(reason.as_str()).unwrap_or(Forward::Miss));
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_cache_speaks() {
        for (name, line, expected) in [
            (
                "hit",
                "Origin; hit; ttl=-30",
                Some(CacheStatus {
                    hit: true,
                    ttl: Some(-30),
                    ..CacheStatus::default()
                }),
            ),
            (
                "the last of several",
                "A; hit, \"CDN; x\"; fwd=uri-miss; stored; collapsed=?0",
                Some(CacheStatus {
                    fwd: Some(Forward::UriMiss),
                    stored: true,
                    ..CacheStatus::default()
                }),
            ),
            (
                "a reason of its own",
                "A; fwd=moon",
                Some(CacheStatus {
                    fwd: Some(Forward::Miss),
                    ..CacheStatus::default()
                }),
            ),
            ("no list", "A; hit;;", None),
            ("empty", "", None),
            ("wrong type", "A; hit=1", Some(CacheStatus::default())),
        ] {
            assert_eq!(CacheStatus::nearest(line.as_bytes()), expected, "{name}: {line}");
        }
    }
}
