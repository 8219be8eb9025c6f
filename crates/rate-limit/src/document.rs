//! The configuration as it's written; `compile` makes a [`RateLimit`](crate::RateLimit) of it.

use crate::key::PartDocument;
use http_filter::{Match, Mode, OneOrMany, Span};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The configuration document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Whether refusals are carried out. Default: `enforce`.
    #[serde(default)]
    pub mode: Mode,
    /// Whether routes may override this configuration through their metadata. Default: false.
    #[serde(default)]
    pub per_route: bool,
    /// The policies, by name: letters, digits, `_` and `-`. The name is part of counters and of the response's fields.
    pub policies: BTreeMap<String, PolicyDocument>,
    /// Which policies limit which requests; the first rule that matches decides. Default: all policies, all requests.
    #[serde(default)]
    pub rules: Option<OneOrMany<RuleDocument>>,
    /// The service that counts for several proxies. Default: none; every process counts for itself.
    #[serde(default)]
    pub global: Option<GlobalDocument>,
    /// Requests that nothing here limits.
    #[serde(default)]
    pub exempt: ExemptClients,
    /// How the client's address is found.
    #[serde(default)]
    pub client_ip: ClientIpDocument,
    /// What responses tell of limits.
    #[serde(default)]
    pub headers: HeadersDocument,
    /// How requests over the limit are answered.
    #[serde(default)]
    pub reply: ReplyDocument,
    /// A name that sets these counts apart from those of other plugins with the same policies. Default: empty.
    #[serde(default)]
    pub namespace: String,
}

/// A quota, and who it is for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// What sets one client apart from another: requests alike in every part share one quota. `[]` is one quota for
    /// all. Default: `client_ip`.
    #[serde(default)]
    pub key: Option<OneOrMany<PartDocument>>,
    /// How many units there are per `per`: 1 to 4294967295.
    pub requests: u32,
    /// The span of time that `requests` is for: 1 ms to 10 years.
    pub per: Span,
    /// How many units may be used at once. Default: `requests`.
    #[serde(default)]
    pub burst: Option<u32>,
    /// What one request costs. Default: 1.
    #[serde(default)]
    pub cost: CostDocument,
    /// What units measure, for clients to read. Default: `requests`.
    #[serde(default)]
    pub unit: QuotaUnit,
    /// What becomes of requests that lack a part of the key. Default: `share`.
    #[serde(default)]
    pub missing: Missing,
    /// Keys and clients that this policy doesn't limit.
    #[serde(default)]
    pub exempt: ExemptDocument,
    /// `shadow` counts what the policy would have refused, and refuses nothing. Default: `enforce`.
    #[serde(default)]
    pub mode: Mode,
    /// The share of clients, in percent, for whom the policy is enforced; for the others it's in shadow mode. Clients
    /// stay on their side. With `key: []` it's the share of requests. Default: 100.
    #[serde(default = "hundred")]
    pub percent: u8,
    /// How many clients are kept apart at the same time, at least. Default: 65536.
    #[serde(default)]
    pub slots: Option<u32>,
    /// Who counts: this process (`local`) or the service (`global`). Default: `global` where `global` is configured.
    #[serde(default)]
    pub scope: Option<Scope>,
    /// The value of the descriptor's first entry, `generic_key`; empty for no such entry. Default: the policy's name.
    #[serde(default)]
    pub generic_key: Option<String>,
}

fn hundred() -> u8 {
    100
}

/// The quota units that the IETF draft registers and a rate can be measured in.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaUnit {
    /// `requests`.
    #[default]
    Requests,
    /// `content-bytes`.
    ContentBytes,
}

/// What becomes of requests that lack a part of the key.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// All that lack the same parts share one quota.
    #[default]
    Share,
    /// The policy doesn't limit them.
    Skip,
    /// They are answered with 400.
    Refuse,
}

/// Who counts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This process.
    Local,
    /// The rate limit service.
    Global,
}

/// What a request costs: a number of units, or where to find it.
#[derive(Clone, Debug, Deserialize, Default, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct CostFields {
    /// The request header that holds the cost. Clients must not be able to choose it.
    pub header: Option<http_filter::FieldName>,
    /// The response header that holds the cost; it's charged when the response comes.
    pub response_header: Option<http_filter::FieldName>,
    /// The cost by response status, `"401"` or `"4xx"`; charged when the response comes.
    pub response_status: BTreeMap<String, u32>,
    /// The cost where the header or status says none. Default: `min`; of a response's cost, `reserve`.
    pub default: Option<u32>,
    /// The least cost a request header may name. Default: 1.
    pub min: Option<u32>,
    /// The highest cost a header may name, and what a header that is no number counts as. Default: the burst.
    pub max: Option<u32>,
    /// What is charged up front when the response decides, and settled with its cost. Default: 0.
    pub reserve: Option<u32>,
}

/// `cost: 5` or `cost: {header: …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CostDocument {
    /// So many units.
    Fixed(u32),
    /// The message says.
    Fields(Box<CostFields>),
}

/// Clients that no policy limits.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExemptClients {
    /// Networks such as `10.0.0.0/8`, or addresses.
    pub client_ip: OneOrMany<String>,
}

/// Clients that a policy doesn't limit.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExemptDocument {
    /// Networks such as `10.0.0.0/8`, or addresses.
    pub client_ip: OneOrMany<String>,
    /// Keys: one value per part of the key, `*` for any; without brackets for a key of one part.
    pub keys: Vec<OneOrMany<String>>,
}

/// Which policies limit which requests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDocument {
    /// The requests that this rule is for. Default: all.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// The policies that limit them; `[]` for none.
    pub limit: OneOrMany<String>,
}

/// The rate limit service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalDocument {
    /// The cluster of the service, which speaks HTTP/2.
    pub cluster: String,
    /// The domain (in limitador: the namespace) that the service's limits are configured under.
    pub domain: String,
    /// How long a request waits for the service: 1 ms to 10 s. Default: `20ms`.
    #[serde(default)]
    pub timeout: Option<Span>,
    /// What decides when the service doesn't answer, or answers nonsense. Default: `local`.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// For how long at most the service's word that a key is over its limit is taken without asking again; 0 asks every
    /// time. Default: `1h`.
    #[serde(default)]
    pub cache: Option<Span>,
    /// Whether descriptors carry the policy's own quota as an override, for services that honour it. Only quotas
    /// per second, minute, hour, day, week, 30 days or 365 days can be said. Default: false.
    #[serde(default)]
    pub send_limits: bool,
    /// After so many failures in a row, a worker doesn't ask for `pause`; 0 never stops asking. Default: 5.
    #[serde(default)]
    pub failures: Option<u32>,
    /// For how long a worker doesn't ask after `failures`. Default: `1s`.
    #[serde(default)]
    pub pause: Option<Span>,
}

/// What decides when the service doesn't.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The policy's own quota, counted in this process.
    #[default]
    Local,
    /// Every request is let through.
    Allow,
    /// Every request is answered with 503.
    Deny,
}

/// How the client's address is found.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientIpDocument {
    /// Take the address from X-Forwarded-For, after so many entries from the right; 0 is the last entry. Default: the
    /// address that Envoy found (`source.address`).
    pub trusted_hops: Option<u8>,
}

/// When responses carry a field.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// All that a policy applied to.
    Always,
    /// Only those that tell of a refusal.
    Refused,
    /// None.
    Never,
}

/// What responses tell of limits.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeadersDocument {
    /// `RateLimit` and `RateLimit-Policy` (IETF draft). Default: `always`.
    pub ratelimit: When,
    /// `X-RateLimit-Limit`, `-Remaining` and `-Reset`, as Envoy writes them. Default: `never`.
    pub x_ratelimit: When,
    /// Whether refusals carry `Retry-After`. Default: true.
    pub retry_after: bool,
}

impl Default for HeadersDocument {
    fn default() -> Self {
        Self {
            ratelimit: When::Always,
            x_ratelimit: When::Never,
            retry_after: true,
        }
    }
}

/// How requests over the limit are answered.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReplyDocument {
    /// The HTTP status: 400 to 599. Default: 429.
    pub status: u16,
    /// The gRPC status for gRPC clients: 1 to 16. Default: 8, RESOURCE_EXHAUSTED.
    pub grpc_status: u32,
    /// How much longer than necessary `Retry-After` may tell to wait, in percent, so that clients don't return
    /// together. Default: 20.
    pub jitter: u8,
}

impl Default for ReplyDocument {
    fn default() -> Self {
        Self {
            status: 429,
            grpc_status: 8,
            jitter: 20,
        }
    }
}
