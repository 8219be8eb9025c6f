//! What requests lose, as it is written.

use http_fields::is_token;
use http_filter::{ConfigError, Match, document};

document! {
    /// What requests that match lose; the first rule that matches counts. Only GET and HEAD are touched.
    #[null(absent)]
    pub struct RequestRuleDocument {
        /// For which requests.
        pub matching ("match"): Match,
        /// Whether the client's no-cache, no-store, max-age and min-fresh, and Pragma, are removed, so that it can't lead
        /// caches to ask the origin.
        pub ignore_cache_control ("ignore_cache_control"): bool,
        /// Which query parameters stay, and in which order. Default all, as they came.
        pub query ("query"): QueryDocument,
        /// Which cookies stay.
        pub cookies ("cookies"): NamesDocument,
        /// The languages there are: Accept-Language becomes the one that fits best, or else the first. Default: untouched.
        pub languages ("languages"): Vec<String>,
    }
}

document! {
    /// Which query parameters stay.
    #[null(absent)]
    pub struct QueryDocument {
        /// Whether parameters are sorted by name.
        pub sort ("sort"): bool,
        /// The names that stay, perhaps with `*` at the end.
        pub keep ("keep"): Vec<String>,
        /// The names that go.
        pub drop ("drop"): Vec<String>,
    }
}

document! {
    /// Which names stay.
    #[null(absent)]
    pub struct NamesDocument {
        /// The names that stay, perhaps with `*` at the end.
        pub keep ("keep"): Vec<String>,
        /// The names that go.
        pub drop ("drop"): Vec<String>,
    }
}

impl RequestRuleDocument {
    /// Checks what fields say of each other.
    ///
    /// # Errors
    /// [`ConfigError`], its path relative to the rule.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        for (path, keep, drop) in [
            ("query", &self.query.keep, &self.query.drop),
            ("cookies", &self.cookies.keep, &self.cookies.drop),
        ] {
            if !keep.is_empty() && !drop.is_empty() {
                return Err(ConfigError::at(path, "drop", "a list beside keep", "one of them"));
            }
        }
        if let Some(tag) = self.languages.iter().find(|tag| !is_token(tag.as_bytes())) {
            let found = ["\"", tag, "\""].concat();
            let expected = "language tags such as \"de-AT\"";
            return Err(ConfigError::at("languages", "", &found, expected));
        }
        let acts = self.ignore_cache_control
            || self.edits_query()
            || self.edits_cookies()
            || !self.languages.is_empty();
        if !acts {
            let expected = "ignore_cache_control, query, cookies or languages";
            return Err(ConfigError::at("", "", "a rule that does nothing", expected));
        }
        Ok(())
    }
}
