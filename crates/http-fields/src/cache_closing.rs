//! Keeping a response out of caches, whatever they heed.

use crate::{
    cache_control::{CacheControl, Member, push_directive},
    cache_directives::{Directive, Directives, Scope},
    decimal,
};

/// How far a response is closed to caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closure {
    /// To all but the user's own cache (RFC 9111 §5.2.2.7).
    Private,
    /// To every cache (§5.2.2.5).
    NoStore,
}

impl Closure {
    /// The directive that says so.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::NoStore => "no-store",
        }
    }

    /// Whether a line of Cache-Control says so, as far as that is told without reading it: by the word alone, or with `max-age`
    /// behind `private`.
    pub fn is_said_by(self, line: &[u8]) -> bool {
        let is_private = || match line.strip_prefix(b"private") {
            Some(rest) => {
                let seconds = rest.strip_prefix(b", max-age=");
                rest.is_empty() || seconds.is_some_and(|seconds| decimal(seconds).is_some())
            }
            None => false,
        };
        line == b"no-store" || self == Self::Private && is_private()
    }
}

/// Whether some cache heeds the response field `name` (lower case) in place of Cache-Control, or as a word of its own
/// beside it. A response that is closed must not carry it.
///
/// | field | who heeds it | documented in |
/// |---|---|---|
/// | `*-cache-control` | CDN-Cache-Control: Cloudflare, Akamai, Netlify, Vercel, Fastly, Azion, Souin (Caddy's and Traefik's caches), Apache Traffic Server from 10.2. With a name in front: `Cloudflare-CDN-`, `Netlify-CDN-`, `Vercel-CDN-`, `Akamai-`, `Fastly-CDN-`, `Souin-`, `X-LiteSpeed-` | RFC 9213 §2.2, §3.1; Cloudflare: *CDN-Cache-Control*; Netlify: *Caching overview*; Vercel: *Cache-Control headers*; LiteSpeed: *LSCache developer guide, Response headers* |
/// | `surrogate-control` | Fastly before Cache-Control; Varnish, whose built-in rules then pass over a `private` in Cache-Control; Squid as an accelerator; Akamai | W3C *Edge Architecture Specification* §2.2; Fastly: *Surrogate-Control*; Varnish: `builtin.vcl`; Squid: `httpd_accel_surrogate_id` |
/// | `edge-control` | Akamai, where `!no-store` and `cache-maxage` outrank Cache-Control | Akamai: *Property Manager, caching* |
/// | `x-accel-expires` | nginx, and CDNs made of it, before Cache-Control and Expires | nginx: *ngx_http_proxy_module, proxy_cache_valid* |
/// | `cf-edge-cache`, `x-html-edge-cache` | Cloudflare's Automatic Platform Optimization, which passes over Cache-Control; its edge cache for HTML | Cloudflare: *Automatic Platform Optimization, FAQs*; *edge-cache-html* |
/// | `x-reverse-proxy-ttl` | Varnish with FOSHttpCache's rules | FOSHttpCache: *Varnish configuration, Custom TTL* |
///
/// HAProxy, Apache's mod_cache, Envoy's `cache` and `cache_v2`, CloudFront, Google's and Azure's CDNs heed Cache-Control
/// and Expires only.
pub fn outranks_cache_control(name: &str) -> bool {
    // Few names of responses are as long and end so.
    let last = name.as_bytes().last();
    let may_be = name.len() >= "edge-control".len() && matches!(last, Some(b'l' | b's' | b'e'));
    may_be
        && (name.ends_with("-cache-control")
            || matches!(
                name,
                "surrogate-control"
                    | "edge-control"
                    | "x-accel-expires"
                    | "cf-edge-cache"
                    | "x-html-edge-cache"
                    | "x-reverse-proxy-ttl"
            ))
}

impl CacheControl<'_> {
    /// The field that closes the response as far as `closure`, and keeps of this one what doesn't open it. `None` where
    /// this one closes it already, in words that every cache reads.
    ///
    /// ```
    /// use http_fields::{CacheControl, Closure};
    /// let field = CacheControl::parse([&b"public, max-age=60, s-maxage=600"[..]]);
    /// assert_eq!(field.closed(Closure::Private).unwrap(), b"private, max-age=60");
    /// assert_eq!(field.closed(Closure::NoStore).unwrap(), b"no-store");
    /// ```
    pub fn closed(&self, closure: Closure) -> Option<Vec<u8>> {
        let said = self.directives();
        // A cache that knows the status heeds must-understand in place of no-store (§5.2.2.3).
        let unstored = said.no_store && !said.must_understand;
        let closed = unstored || closure == Closure::Private && said.private == Scope::Response;
        let opens = |member: &Member<'_>| member.directive.is_some_and(Directive::is_for_shared);
        if closed && self.says_plainly(&said) && (unstored || !self.members().iter().any(opens)) {
            return None;
        }
        if closure == Closure::NoStore {
            return Some(b"no-store".to_vec());
        }
        Some(self.restated(&said, true, &|directive| {
            !(directive.is_for_shared() || said.no_store && directive == Directive::MustUnderstand)
        }))
    }

    /// The same field with its restrictions in words that every cache reads, and without what is no directive. `None` where
    /// it says them so already, or has none.
    ///
    /// ```
    /// use http_fields::CacheControl;
    /// let field = CacheControl::parse([&b"Private; max-age=0, x"[..]]);
    /// assert_eq!(field.in_plain_words().unwrap(), b"private, x");
    /// ```
    pub fn in_plain_words(&self) -> Option<Vec<u8>> {
        let said = self.directives();
        let private = said.private == Scope::Response;
        let restricts = said.no_store || private || said.no_cache == Scope::Response;
        (restricts && !self.says_plainly(&said)).then(|| self.restated(&said, private, &|_| true))
    }

    /// Restrictions first, and behind them the directives that nobody knows and those that `stays` wants.
    fn restated(&self, said: &Directives, private: bool, stays: &dyn Fn(Directive) -> bool) -> Vec<u8> {
        let mut line = Vec::new();
        for (name, holds) in [
            ("private", private),
            ("no-store", said.no_store),
            ("no-cache", said.no_cache == Scope::Response),
        ] {
            if holds {
                push_directive(&mut line, name.as_bytes(), None);
            }
        }
        for member in self.members().iter().filter(|member| member.is_read_alike()) {
            let kept = match member.directive {
                Some(Directive::NoStore) => false,
                Some(Directive::Private) => !private,
                Some(Directive::NoCache) => said.no_cache != Scope::Response,
                Some(directive) => stays(directive),
                None => true,
            };
            if kept {
                push_directive(&mut line, member.name, member.argument);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shared_caches_are_kept_out() {
        for (name, line, expected) in [
            ("nothing said", "", Some("private")),
            (
                "opened",
                "public, max-age=60, s-maxage=600",
                Some("private, max-age=60"),
            ),
            ("closed", "private, max-age=1", None),
            ("closed behind others", "max-age=1, private", None),
            ("closed and opened", "private, s-maxage=9", Some("private")),
            (
                "in capitals, which Envoy's cache does not read",
                "Private",
                Some("private"),
            ),
            (
                "for a field",
                "private=\"set-cookie\", max-age=1",
                Some("private, max-age=1"),
            ),
            ("not stored", "no-store", None),
            ("not stored, among others", "no-store, s-maxage=9", None),
            (
                "not stored unless understood",
                "must-understand, no-store",
                Some("private, no-store"),
            ),
            (
                "quoted comma",
                "no-cache=\"a, public\", max-age=1",
                Some("private, no-cache=\"a, public\", max-age=1"),
            ),
            ("semicolons", "private; max-age=0", Some("private")),
            (
                "no commas",
                "no-store no-cache",
                Some("private, no-store, no-cache"),
            ),
            (
                "a quote without end",
                "community=\"UCI, no-store",
                Some("private, no-store"),
            ),
            ("what nobody knows", "x=\"1\", Y", Some("private, x=\"1\", Y")),
        ] {
            let line = CacheControl::parse([line.as_bytes()]).closed(Closure::Private);
            assert_eq!(line.as_deref(), expected.map(str::as_bytes), "{name}");
        }
    }

    #[test]
    fn every_cache_is_kept_out() {
        for (line, expected) in [
            ("", Some("no-store")),
            ("private", Some("no-store")),
            ("must-understand, no-store", Some("no-store")),
            ("No-Store", Some("no-store")),
            ("no-store, no-cache", None),
            ("no-store no-cache", Some("no-store")),
        ] {
            let closed = CacheControl::parse([line.as_bytes()]).closed(Closure::NoStore);
            assert_eq!(closed.as_deref(), expected.map(str::as_bytes), "{line}");
        }
    }

    #[test]
    fn fields_that_outrank_cache_control() {
        for (name, expected) in [
            ("cdn-cache-control", true),
            ("akamai-cache-control", true),
            ("x-litespeed-cache-control", true),
            ("surrogate-control", true),
            ("edge-control", true),
            ("x-accel-expires", true),
            ("cache-control", false),
            ("expires", false),
            ("x-accel-buffering", false),
            ("surrogate-key", false),
        ] {
            assert_eq!(outranks_cache_control(name), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_told_without_reading_is_closed(
            line in "(private|no-store)(, max-age=[0-9a]{0,12})?", store in any::<bool>(),
        ) {
            let closure = if store { Closure::NoStore } else { Closure::Private };
            let closed = CacheControl::parse([line.as_bytes()]).closed(closure);
            prop_assert!(!closure.is_said_by(line.as_bytes()) || closed.is_none());
        }

        #[test]
        fn what_is_closed_is_closed_for_good(
            line in prop_oneof![
                "[ -~]{0,60}",
                "((No-|no-)?(store|Cache|private|public|s-maxage=9|must-understand|x=\"a)[,; =\"]{0,2}){0,6}",
            ],
            store in any::<bool>(),
        ) {
            let closure = if store { Closure::NoStore } else { Closure::Private };
            let closed = CacheControl::parse([line.as_bytes()]).closed(closure).unwrap_or(line.into_bytes());
            let field = CacheControl::parse([closed.as_slice()]);
            prop_assert_eq!(field.closed(closure), None);
            let said = field.directives();
            prop_assert!(said.no_store || !store && said.private == Scope::Response);
            prop_assert!(field.says_restrictions_plainly());
        }
    }
}
