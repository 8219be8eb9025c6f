//! The counters that do not depend on the configuration. Regions and rules have one each besides.

http_filter::counters! {
    /// The filter's counters, and the details of its replies.
    pub(crate) struct Counter {
        /// Requests whose place a header told.
        SourceHeader = "source_header",
        /// Requests whose place filter state told.
        SourceFilterState = "source_filter_state",
        /// Requests whose country a property told.
        SourceProperty = "source_property",
        /// Requests whose place a database told.
        SourceDatabase = "source_database",
        /// Requests from a network of `overrides`.
        SourceOverride = "source_override",
        /// Requests of testers who said where to be.
        SourceTester = "source_tester",
        /// Requests whose place nobody knew.
        CountryUnknown = "country_unknown",
        /// Requests that no region was open for.
        NoRegion = "no_region",
        /// Replies: a rule refused.
        CountryBlocked = "country_blocked",
        /// Replies: a rule redirected.
        GeoRedirect = "geo_redirect",
        /// Replies: a database is not there yet.
        GeoDatabaseUnavailable = "geo_database_unavailable",
        /// Redirects that would have led where the client comes from.
        RedirectLoop = "redirect_loop",
        /// Redirects of clients that opted out.
        RedirectOptedOut = "redirect_opted_out",
        /// Redirects whose target could not be made.
        RedirectNoTarget = "redirect_no_target",
        /// Requests with a header that was not believed.
        HeaderUntrusted = "header_untrusted",
        /// Wishes of clients who are no testers, or without sense.
        TesterRefused = "tester_refused",
        /// Databases fetched.
        DatabaseFetched = "database_fetched",
        /// Fetches that found nothing newer.
        DatabaseNotModified = "database_not_modified",
        /// Fetches that failed.
        DatabaseFetchFailed = "database_fetch_failed",
        /// Fetched databases with another digest.
        DatabaseRefusedChecksum = "database_refused_checksum",
        /// Fetched files that are no such database.
        DatabaseRefusedFormat = "database_refused_format",
        /// Fetched databases that were too old, or from the future.
        DatabaseRefusedAge = "database_refused_age",
        /// Fetched databases older than the one in use.
        DatabaseRefusedOlder = "database_refused_older",
        /// Fetched databases that put an address elsewhere than expected.
        DatabaseRefusedExpectation = "database_refused_expectation",
        /// Workers that took up what another one fetched.
        DatabaseLoaded = "database_loaded",
        /// Looks for a newer one while the one in use was too old.
        DatabaseStale = "database_stale",
        /// Fetched databases that this worker could not publish.
        DatabaseConflict = "database_conflict",
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
