//! The configuration as it's written; `compile` makes a [`RateLimit`](crate::RateLimit) of it.

pub(crate) mod cost;
pub(crate) mod policy;
pub(crate) mod words;

use crate::{
    config::policy::PolicyDocument,
    document::words::{OnFailure, When},
    key::Network,
};
use http_filter::{
    Match, Mode, OneOrMany, SpanWithin,
    document::{Pairs, Text, Within},
};

http_filter::document! {
    /// The configuration of rate-limit: which policies limit which requests.
    #[null(absent)]
    pub struct Document {
        /// `shadow` decides and counts, and leaves streams as they are.
        pub(crate) mode ("mode"): Mode,
        /// Whether routes may override this through `filter_metadata["rate-limit"]["config"]`.
        pub(crate) per_route ("per_route"): bool,
        /// The policies, by name.
        pub(crate) policies ("policies", required "at least one policy"): Pairs<PolicyName, PolicyDocument>,
        /// Which policies limit which requests; the first that matches decides. Without any, all policies limit all
        /// requests.
        pub(crate) rules ("rules"): Option<OneOrMany<RuleDocument>>,
        /// The rate limit service.
        pub(crate) global ("global"): Option<GlobalDocument>,
        /// Clients that nothing here limits.
        pub(crate) exempt ("exempt"): ExemptDocument,
        /// How the client's address is found.
        pub(crate) client_ip ("client_ip"): ClientIpDocument,
        /// What responses say.
        pub(crate) headers ("headers"): HeadersDocument,
        /// How refusals are told.
        pub(crate) reply ("reply"): ReplyDocument,
        /// Sets these counts apart from those of other plugins with the same policies.
        pub(crate) namespace ("namespace"): String,
    }
}

/// A policy's name.
#[derive(Debug)]
pub(crate) struct PolicyName(pub(crate) String);

impl Text for PolicyName {
    const EXPECTED: &'static str = "1 to 64 letters, digits, \"_\" or \"-\"";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z0-9_-]{1,64}$");

    fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }
}

http_filter::document! {
    /// Which policies limit which requests.
    #[null(absent)]
    pub(crate) struct RuleDocument {
        /// Which requests; default all.
        pub(crate) matching ("match"): Match,
        /// The policies, at most 16; none limits nothing.
        pub(crate) limit ("limit", required "names of policies, or [] for none"): OneOrMany<String>,
    }
}

http_filter::document! {
    /// Clients that nothing limits.
    #[null(absent)]
    pub(crate) struct ExemptDocument {
        /// Networks.
        pub(crate) client_ip ("client_ip"): OneOrMany<Network>,
    }
}

http_filter::document! {
    /// How the client's address is found.
    #[null(absent)]
    pub(crate) struct ClientIpDocument {
        /// After so many entries of X-Forwarded-For from the right; without it, Envoy's word is taken.
        pub(crate) trusted_hops ("trusted_hops"): Option<u8>,
    }
}

http_filter::document! {
    /// What responses say.
    #[null(absent)]
    pub(crate) struct HeadersDocument {
        /// `RateLimit` and `RateLimit-Policy`.
        pub(crate) ratelimit ("ratelimit"): When = When::Always,
        /// `X-RateLimit-Limit`, `-Remaining`, `-Reset`.
        pub(crate) x_ratelimit ("x_ratelimit"): When = When::Never,
        /// `Retry-After` in refusals.
        pub(crate) retry_after ("retry_after"): bool = true,
    }
}

http_filter::document! {
    /// How refusals are told.
    #[null(absent)]
    pub(crate) struct ReplyDocument {
        /// Their status.
        pub(crate) status ("status"): Within<400, 599> = Within(429),
        /// Their status for gRPC clients; 8 is RESOURCE_EXHAUSTED.
        pub(crate) grpc_status ("grpc_status"): Within<1, 16> = Within(8),
        /// How much longer than necessary `Retry-After` may be, in percent, so that clients don't return together.
        pub(crate) jitter ("jitter"): Within<0, 100> = Within(20),
    }
}

http_filter::document! {
    /// The rate limit service.
    #[null(absent)]
    pub(crate) struct GlobalDocument {
        /// The service's cluster, with HTTP/2.
        pub(crate) cluster ("cluster", required "a cluster's name"): String,
        /// The domain; limitador's namespace.
        pub(crate) domain ("domain", required "a domain of the service"): String,
        /// How long a request waits.
        pub(crate) timeout ("timeout"): SpanWithin<1, 10_000> = SpanWithin::millis(20),
        /// What decides when the service is unreachable, slow, failing or talking nonsense.
        pub(crate) on_failure ("on_failure"): OnFailure,
        /// For how long at most "over limit" is taken without asking again; 0 asks every time.
        pub(crate) cache ("cache"): SpanWithin<0, YEAR> = SpanWithin::millis(3_600_000),
        /// Whether descriptors carry `requests` per `per` as an override.
        pub(crate) send_limits ("send_limits"): bool,
        /// After how many failures in a row a worker doesn't ask for a while; 0 always asks.
        pub(crate) failures ("failures"): u32 = 5,
        /// That while.
        pub(crate) pause ("pause"): SpanWithin<1, 3_600_000> = SpanWithin::millis(1_000),
    }
}

/// In milliseconds.
const YEAR: u64 = 365 * 86_400_000;
