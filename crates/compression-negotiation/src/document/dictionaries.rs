//! Compression dictionaries, as they are written; only the build with all codings has them.

use http_filter::{ByteSize, OneOrMany, PathPattern, document};

document! {
    /// Compression dictionaries.
    pub struct DictionariesDocument {
        /// Which responses serve as dictionaries, and for what.
        pub resources ("resources", required "at least one resource"): OneOrMany<ResourceDocument>,
        /// The largest response that is kept, in bytes.
        pub max_size ("max_size", default "1MiB"): Option<ByteSize>,
        /// How much each worker keeps, in bytes.
        pub memory ("memory", default "16MiB"): Option<ByteSize>,
    }
}

document! {
    /// Responses that serve as dictionaries.
    pub struct ResourceDocument {
        /// The paths of those responses.
        pub path ("path", required "a path"): PathPattern,
        /// The paths of what is encoded with them, on the same host; `*` for what differs.
        pub target ("for", required "a path"): PathPattern,
        /// Request destinations (`script`, `style`, `document`); default any.
        pub destinations ("destinations"): OneOrMany<String>,
        /// An id that clients send back as Dictionary-ID.
        pub id ("id"): Option<String>,
    }
}
