//! The counters that do not depend on the configuration. Each policy has some of its own besides
//! ([`PolicyCounters`](crate::config::policy::PolicyCounters)).

http_filter::counters! {
    /// The filter's counters, and the details of its replies.
    pub(crate) struct Counter {
        /// Requests that no rule is for.
        Unmatched = "unmatched",
        /// Requests of clients that nothing limits.
        Exempt = "exempt",
        /// Replies: a quota has no room.
        QuotaExceeded = "quota_exceeded",
        /// Replies: the request lacks a part of the key.
        KeyMissing = "key_missing",
        /// Replies: a part of the key has several values.
        KeyAmbiguous = "key_ambiguous",
        /// Replies: the service has no answer, and `on_failure` is `deny`.
        ServiceUnavailable = "service_unavailable",
        /// Replies, and settlements that were lost: other workers were faster every time.
        Contended = "contended",
        /// Answers of the service: there is room.
        ServiceOk = "service_ok",
        /// Answers of the service: there is none.
        ServiceOverLimit = "service_over_limit",
        /// Refusals of the service that were remembered.
        ServiceCached = "service_cached",
        /// Calls that took the whole `timeout`.
        ServiceTimeout = "service_timeout",
        /// Calls that ended with another status.
        ServiceError = "service_error",
        /// Answers that are none.
        ServiceInvalid = "service_invalid",
        /// Calls to clusters that do not exist or have no host.
        ServiceUnreachable = "service_unreachable",
        /// Calls that were not made after several failures.
        ServicePaused = "service_paused",
        /// Requests counted in this process in place of the service.
        FallbackLocal = "fallback_local",
        /// Requests let through in place of the service.
        FallbackAllow = "fallback_allow",
        /// Requests refused in place of the service.
        FallbackDeny = "fallback_deny",
        /// Entries of shared data that something else wrote.
        StoredInvalid = "stored_invalid",
        /// Attempts to get a table for a policy that failed.
        TablesFull = "tables_full",
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
