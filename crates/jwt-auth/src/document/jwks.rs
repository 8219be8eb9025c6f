//! A document that is fetched, as it is written.

use http_filter::{ByteSize, Span, document};
use serde_json::Value;

document! {
    /// A key set: its address, or itself.
    #[derive(Clone)]
    pub struct JwksDocument {
        /// The members of the set itself (RFC 7517 §5).
        pub keys ("keys"): Option<Vec<Value>>,
        /// Where to fetch it.
        pub uri ("uri"): Option<String>,
        /// Envoy's cluster to fetch it from.
        pub cluster ("cluster"): Option<String>,
        /// How long a fetch may take.
        pub timeout ("timeout", default "5s"): Option<Span>,
        /// How long a set is good where the answer doesn't say. `Cache-Control` and `Expires` are honoured
        /// from 30s up to a day.
        pub refresh ("refresh", default "10m"): Option<Span>,
        /// How long a set is used beyond that while it can't be fetched.
        pub stale ("stale", default "24h"): Option<Span>,
        /// How often one client address has the set fetched again for an unknown key id, on each worker.
        pub unknown_key_interval ("unknown_key_interval", default "10s"): Option<Span>,
        /// The largest set.
        pub max_bytes ("max_bytes", default "256KiB"): Option<ByteSize>,
    }
}
