/// Declares a filter's counters: an enum with a variant for each, `name()` and `count(host)`. Tests have `ALL`, and hold it
/// against the filter's README (`http_filter_test::assert_counters`).
///
/// ```
/// http_filter::counters! {
///     /// The counters.
///     pub(crate) enum Counter {
///         /// Requests that were let through.
///         Allowed = "allowed",
///     }
/// }
/// assert_eq!(Counter::Allowed.name(), "allowed");
/// ```
#[macro_export]
macro_rules! counters {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$doc])* $variant),*
        }

        impl $name {
            /// All of them.
            #[cfg(test)]
            $vis const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in Envoy's statistics, behind the filter's own.
            #[inline]
            #[must_use]
            $vis const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),*
                }
            }

            /// Adds one to it.
            #[inline]
            $vis fn count(self, host: &dyn $crate::Host) {
                host.count(self.name(), 1);
            }
        }
    };
}
