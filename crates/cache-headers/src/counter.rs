//! The counters, all of them.

http_filter::counters! {
    /// The filter's counters.
    pub(crate) struct Counter {
        /// Responses that a rule is for.
        Matched = "matched",
        /// Responses that no rule is for.
        Unmatched = "unmatched",
        /// 304s that lack the type by which a rule goes.
        Undecided304 = "undecided_304",
        /// Responses that are not what the extension of their path promises.
        DeceptionRefused = "deception_refused",
        /// Responses that lost their cookies.
        CookiesRemoved = "cookies_removed",
        /// Responses that `guard_origin` closed to shared caches.
        OriginClosed = "origin_closed",
        /// Responses whose restrictions were written in words that every cache reads.
        RestrictionRewritten = "restriction_rewritten",
        /// 304s in place of a 200.
        NotModified = "not_modified",
        /// ETags added.
        EtagAdded = "etag_added",
        /// Digest fields added.
        DigestAdded = "digest_added",
        /// Digest fields put right.
        DigestRepaired = "digest_repaired",
        /// Bodies that say that they are too long to hold.
        BodyTooLarge = "body_too_large",
        /// Bodies that turned out to be too long, or that the host did not hold.
        BodyNotHeld = "body_not_held",
        /// Tags whose values are missing.
        TagMissing = "tag_missing",
        /// Tag fields that were full.
        TagsDropped = "tags_dropped",
        /// Fields that the guard `no_store` changed or withheld.
        GuardNoStore = "guard_no_store",
        /// Fields that the guard `private` changed or withheld.
        GuardPrivate = "guard_private",
        /// Fields that the guard `no_cache` changed or withheld.
        GuardNoCache = "guard_no_cache",
        /// Fields that the guard `authorization` changed or withheld.
        GuardAuthorization = "guard_authorization",
        /// Fields that the guard `personal` changed or withheld.
        GuardPersonal = "guard_personal",
        /// Fields that the guard `set_cookie` changed or withheld.
        GuardSetCookie = "guard_set_cookie",
        /// Fields that the guard `vary` changed or withheld.
        GuardVary = "guard_vary",
        /// Fields that the guard `status` changed or withheld.
        GuardStatus = "guard_status",
        /// Fields that the guard `graphql` changed or withheld.
        GuardGraphql = "guard_graphql",
        /// Fields that the guard `path` changed or withheld.
        GuardPath = "guard_path",
        /// Fields that the guard `method` changed or withheld.
        GuardMethod = "guard_method",
        /// Fields that the guard `event_stream` changed or withheld.
        GuardEventStream = "guard_event_stream",
        /// The nearest upstream cache had the response.
        UpstreamHit = "upstream_hit",
        /// It stored the response.
        UpstreamStored = "upstream_stored",
        /// It answered several requests with one.
        UpstreamCollapsed = "upstream_collapsed",
        /// It asked its upstream because of `bypass`.
        UpstreamBypass = "upstream_bypass",
        /// It asked its upstream because of `method`.
        UpstreamMethod = "upstream_method",
        /// It asked its upstream because of `uri-miss`.
        UpstreamUriMiss = "upstream_uri_miss",
        /// It asked its upstream because of `vary-miss`.
        UpstreamVaryMiss = "upstream_vary_miss",
        /// It asked its upstream because of `miss`.
        UpstreamMiss = "upstream_miss",
        /// It asked its upstream because of `request`.
        UpstreamRequest = "upstream_request",
        /// It asked its upstream because of `stale`.
        UpstreamStale = "upstream_stale",
        /// It asked its upstream because of `partial`.
        UpstreamPartial = "upstream_partial",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_them() {
        http_filter_test::assert_counters(
            include_str!("../README.md"),
            Counter::NAMES,
            ["route_override_invalid"],
        );
    }
}
