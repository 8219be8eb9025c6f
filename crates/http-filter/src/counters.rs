/// What is counted for every filter: by whoever drives its streams.
pub const SHARED_COUNTERS: &[&str] = &["route_override_invalid", "too_many_waiting", "waited_too_long"];

/// Declares a filter's counters: a type with a constant for each, `name()` and `count(host)`, and `NAMES` with all of them.
/// Tests hold the names against the filter's README (`http_filter_test::assert_counters`).
///
/// They read like the variants of an enum. An enum would need a table of all names in every module, though, half a kilobyte
/// and more: a name that is handed on is smaller.
///
/// ```
/// http_filter::counters! {
///     /// The counters.
///     pub(crate) struct Counter {
///         /// Requests that were let through.
///         Allowed = "allowed",
///     }
/// }
/// assert_eq!(Counter::Allowed.name(), "allowed");
/// assert_eq!(Counter::NAMES, ["allowed"]);
/// ```
#[macro_export]
macro_rules! counters {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$doc:meta])* $constant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis struct $name(&'static str);

        $(#[$meta])*
        #[allow(non_upper_case_globals, reason = "they read like the variants of an enum")]
        impl $name {
            $($(#[$doc])* $vis const $constant: Self = Self($text);)*

            /// The names of all of them. No module has the table: only a host that defines counters ahead asks for it.
            $vis const NAMES: &'static [&'static str] = &[$($text),*];

            /// Its name in Envoy's statistics, behind the filter's own.
            #[inline]
            #[must_use]
            $vis const fn name(self) -> &'static str {
                self.0
            }

            /// Adds one to it.
            #[inline]
            $vis fn count(self, host: &dyn $crate::Host) {
                host.count(self.0, 1);
            }
        }
    };
}
