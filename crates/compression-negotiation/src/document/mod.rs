//! The configuration as it is written.

pub(crate) mod breach;
pub(crate) mod dictionaries;
pub(crate) mod encode;
pub(crate) mod etag;

use crate::{
    Coding, EtagPolicy,
    document::{breach::BreachGuard, dictionaries::DictionariesDocument, encode::EncodeDocument},
};
use http_fields::{MediaRange, StatusPattern};
use http_filter::{
    ByteSize, FieldName, Match, Mode, OneOrMany, Span, choice, document,
    document::{Node, Read, Refused},
};
use serde_json::Value;

document! {
    /// The configuration of compression-negotiation: the right content coding for every client.
    pub struct Document {
        /// `enforce`, or `shadow`: decide and count, but leave requests and responses alone.
        pub mode ("mode"): Mode,
        /// Whether route metadata may override this configuration.
        pub per_route ("per_route"): bool,
        /// The codings on offer, in the server's order.
        pub prefer ("prefer", default "[\"zstd\", \"br\", \"gzip\"]"): Option<OneOrMany<Coding>>,
        /// What a request without Accept-Encoding gets.
        pub default_coding ("default_coding", default "identity"): Option<Coding>,
        /// What becomes of a safe request that accepts nothing on offer.
        pub on_not_acceptable ("on_not_acceptable", default "identity"): Option<OnNotAcceptable>,
        /// Media types whose coding varies; default [`DEFAULT_CONTENT_TYPES`](crate::DEFAULT_CONTENT_TYPES).
        pub content_types ("content_types"): Option<OneOrMany<MediaRange>>,
        /// Statuses whose bodies are encoded; default all that have one.
        pub statuses ("statuses"): Option<OneOrMany<StatusPattern>>,
        /// The smallest body worth encoding, in bytes.
        pub min_length ("min_length", default "1KiB"): Option<ByteSize>,
        /// How ETags of encoded responses are told from plain ones.
        pub etag ("etag", default "weaken"): Option<EtagPolicy>,
        /// Which cross-site requests with credentials get plain responses.
        pub breach_guard ("breach_guard", default "subresources"): Option<BreachGuard>,
        /// A response header that says what was decided.
        pub debug_header ("debug_header"): Option<FieldName>,
        /// Other settings for some requests; the first match decides.
        pub rules ("rules"): Vec<RuleDocument>,
        /// Encode in this filter what comes back plain: `true`, or settings.
        pub encode ("encode"): Encode,
        /// Responses that later ones are encoded with (RFC 9842). Only in the build with all codings.
        pub dictionaries ("dictionaries"): Dictionaries,
    }
}

document! {
    /// Settings for the requests that match; what isn't given is as outside.
    pub struct RuleDocument {
        /// Which requests; default all.
        pub matching ("match"): Match,
        /// As outside of rules.
        pub prefer ("prefer"): Option<OneOrMany<Coding>>,
        /// As outside of rules.
        pub default_coding ("default_coding"): Option<Coding>,
        /// As outside of rules.
        pub on_not_acceptable ("on_not_acceptable"): Option<OnNotAcceptable>,
        /// As outside of rules.
        pub etag ("etag"): Option<EtagPolicy>,
        /// As outside of rules.
        pub breach_guard ("breach_guard"): Option<BreachGuard>,
        /// Files that lie encoded beside the plain ones.
        pub precompressed ("precompressed"): Option<PrecompressedDocument>,
    }
}

document! {
    /// Where files lie encoded beside the plain ones: `/app.js.br` beside `/app.js`.
    pub struct PrecompressedDocument {
        /// The cluster that is asked whether a file is there: the one that the requests go to.
        pub cluster ("cluster", required "the cluster that the requests go to"): String,
        /// The codings of the files; default all in `prefer`.
        pub codings ("codings"): Option<OneOrMany<Coding>>,
        /// How long an answer is remembered.
        pub remember ("remember", default "5m"): Option<Span>,
        /// How long to wait for an answer. Without one the request goes to the plain file.
        pub timeout ("timeout", default "500ms"): Option<Span>,
    }
}

choice! {
    /// What becomes of a request that accepts nothing on offer (RFC 9110 §12.5.3).
    pub enum OnNotAcceptable, default Identity {
        /// It gets a plain response all the same.
        Identity = "identity",
        /// Safe methods are answered with 406 before the upstream is called; others get a plain response, since a 406
        /// after the fact would hide what they did.
        Reject = "reject",
    }
}

/// `true`, or settings, for encoding in this filter.
#[derive(Debug, Default)]
pub struct Encode(pub Option<EncodeDocument>);

impl Read for Encode {
    /// Null is refused: an `encode:` with nothing behind it looks like a switch, but would be none.
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        match node.value() {
            Value::Bool(encode) => Ok(Self(encode.then(EncodeDocument::default))),
            Value::Object(_) => EncodeDocument::read(node).map(Some).map(Self),
            _ => Err(node.refuse("true, false or the encoder's settings")),
        }
    }
}

/// Settings that are in the build with all codings only.
#[derive(Debug, Default)]
pub struct Dictionaries(pub Option<DictionariesDocument>);

impl Read for Dictionaries {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        #[cfg(feature = "all-codings")]
        return Option::read(node).map(Self);
        #[cfg(not(feature = "all-codings"))]
        Err(node.refuse_as("settings", "none, or the build with all codings"))
    }
}

http_filter::describe! {
    mod describe {
        use super::{DictionariesDocument, Dictionaries, Encode, EncodeDocument};
        use http_filter::document::{Describe, Schemas};
        use serde_json::{Value, json};

        impl Describe for Encode {
            fn describe(schemas: &mut Schemas) -> Value {
                json!({"anyOf": [{"type": "boolean"}, EncodeDocument::describe(schemas)]})
            }

            fn written(&self) -> Option<Value> {
                Some(self.0.is_some().into())
            }
        }

        impl Describe for Dictionaries {
            fn describe(schemas: &mut Schemas) -> Value {
                DictionariesDocument::describe(schemas)
            }
        }
    }
}
