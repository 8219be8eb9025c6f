//! The part of the configuration that is about encoding in this filter.

use crate::Coding;
use http_fields::MediaRange;
use http_filter::{ByteSize, OneOrMany, choice, document};

document! {
    /// Settings of the filter's own encoders.
    pub struct EncodeDocument {
        /// gzip: level 1 to 9.
        pub gzip ("gzip", default "{\"level\": 6}"): Option<LevelDocument>,
        /// zstd: level 1 to 19. Only in the build with all codings.
        pub zstd ("zstd", default "{\"level\": 3}"): Option<LevelDocument>,
        /// brotli: level 0 to 11. Only in the build with all codings.
        pub br ("br", default "{\"level\": 4}"): Option<LevelDocument>,
        /// Another order of preference for some media types; the first match decides.
        pub types ("types"): Vec<TypeDocument>,
        /// When what was encoded is pushed out.
        pub flush ("flush"): Flush,
        /// Whether trailers may follow a body that has no Content-Length.
        pub trailers ("trailers"): Trailers,
        /// How much memory the encoders of one worker may take, in bytes. Beyond it responses stay plain.
        pub memory ("memory", default "64MiB"): Option<ByteSize>,
    }
}

document! {
    /// An encoder's level, and lower ones for larger bodies.
    pub struct LevelDocument {
        /// The level.
        pub level ("level", required "a level"): u8,
        /// Levels for bodies whose Content-Length is larger; the last that applies decides, so sizes ascend.
        pub larger ("larger"): Vec<LargerDocument>,
    }
}

document! {
    /// A level for larger bodies.
    pub struct LargerDocument {
        /// Larger than this, in bytes.
        pub than ("than", required "a size"): ByteSize,
        /// The level.
        pub level ("level", required "a level"): u8,
    }
}

document! {
    /// An order of preference for some media types.
    pub struct TypeDocument {
        /// Which media types.
        pub content_types ("content_types", required "media types"): OneOrMany<MediaRange>,
        /// The codings on offer, in order; `identity` leaves them plain.
        pub prefer ("prefer", required "codings"): OneOrMany<Coding>,
    }
}

choice! {
    /// When what was encoded is pushed out.
    pub enum Flush, default Auto {
        /// After every chunk of a body without Content-Length: the upstream streams, and so do we.
        Auto = "auto",
        /// After every chunk.
        Always = "always",
        /// When the encoder sees fit. Best ratio; server-sent events are flushed all the same.
        Never = "never",
    }
}

choice! {
    /// Whether trailers may follow a body that has no Content-Length. Behind trailers no encoder can be finished.
    pub enum Trailers, default MayFollow {
        /// They may: such a body is encoded only where it came in HTTP/1.1 chunks, which Envoy strips of trailers unless told
        /// otherwise, with neither `trailer` in the response nor `te: trailers` in the request.
        MayFollow = "may_follow",
        /// No upstream sends any that it doesn't announce by `trailer`.
        Never = "never",
    }
}
