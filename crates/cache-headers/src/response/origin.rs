use crate::{config::syntax::Syntax, response::freshness::expires_after};
use http_fields::{CacheControl, Directives, Scope, targeted_cache_control};
use http_filter::{Headers, Host};

/// A response as its origin sent it.
pub(crate) struct Origin<'a> {
    pub(crate) response: &'a Headers,
    pub(crate) status: u16,
    pub(crate) cache_control: CacheControl<'a>,
    /// What its Cache-Control means.
    pub(crate) said: Directives,
    pub(crate) host: &'a dyn Host,
}

impl<'a> Origin<'a> {
    pub(crate) fn new(response: &'a Headers, host: &'a dyn Host) -> Self {
        let mut origin = Self {
            response,
            status: response.status().unwrap_or(0),
            cache_control: CacheControl::default(),
            said: Directives::default(),
            host,
        };
        if response.contains("cache-control") {
            origin.cache_control = CacheControl::parse(response.all("cache-control"));
            origin.said = origin.cache_control.directives();
        }
        origin
    }

    /// Seconds since the epoch. A host call, which few responses need.
    pub(crate) fn now(&self) -> i64 {
        i64::try_from(self.host.now().as_secs()).unwrap_or(i64::MAX)
    }

    /// What the field says to the caches that read it; `None` where they go by Cache-Control.
    pub(crate) fn read(&self, field: &str) -> Option<Directives> {
        let line = self.response.combined(field)?;
        match Syntax::of(field) {
            Syntax::CacheControl => Some(self.said.clone()),
            Syntax::Targeted => targeted_cache_control(&line),
            Syntax::Surrogate => {
                let directives = CacheControl::parse_surrogate([&*line]).directives();
                (directives != Directives::default()).then_some(directives)
            }
        }
    }

    /// What the origin says to the caches that read this field: there, or else in Cache-Control. A field that they can't
    /// read may still hold a restriction.
    pub(crate) fn governing(&self, field: &str) -> Directives {
        if !self.response.contains(field) {
            return self.said.clone();
        }
        if let Some(directives) = self.read(field) {
            return directives;
        }
        let mut said = self.said.clone();
        if Syntax::of(field) != Syntax::CacheControl {
            let unreadable = Directives::of(self.response.all(field));
            said.no_store |= unreadable.no_store;
            said.no_cache = said.no_cache.max(unreadable.no_cache);
            said.private = said.private.max(unreadable.private);
        }
        said
    }

    /// Whether the origin wants to be asked before each use, by `no-cache` or a lifetime of nothing, wherever it says so.
    pub(crate) fn must_be_asked_for(&self, said: &Directives) -> bool {
        let silent = said.shared_lifetime().is_none();
        said.must_be_asked_for()
            || silent && self.expires_after() == Some(0)
            || self.cache_control.is_empty()
                && said.no_cache == Scope::Nothing
                && silent
                && self.says_pragma()
    }

    /// For how many seconds Expires lets it live, where there is one.
    pub(crate) fn expires_after(&self) -> Option<u32> {
        self.response
            .contains("expires")
            .then(|| expires_after(self.response, self.now()))
    }

    /// `Pragma: no-cache`, which some origins say in place of Cache-Control (RFC 9111 §5.4).
    fn says_pragma(&self) -> bool {
        Directives::of(self.response.all("pragma")).no_cache != Scope::Nothing
    }
}
