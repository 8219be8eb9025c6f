//! `edge-filters explain` beside a real Envoy: both get the same exchanges, and must come to the same.

use edge_filters::{
    FilterKind,
    explain::{Policy, Session, Surroundings},
};
use http_filter::Headers;
use http_filter_test::{Case, Observed, case::Exchange};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// What `explain` says of the exchanges of a case, one after the other.
pub struct Explained {
    filter: FilterKind,
    session: Option<Session>,
}

impl Explained {
    /// Begins with a case of `filter`, which may be `in_suite`; one that doesn't run natively isn't explained.
    ///
    /// # Panics
    /// When there is no such filter.
    pub fn begin(filter: &str, in_suite: bool, case: &Case) -> Self {
        let filter = FilterKind::of_name(filter).unwrap();
        let of = if in_suite { FilterKind::EdgeSuite } else { filter };
        let policy = Policy::of(of, case.config.as_ref().unwrap_or(&Value::Null));
        let is_accepted = policy.plugins().is_ok();
        let session = is_accepted.then(|| Session::begin(policy, &surroundings(filter, case, None)).unwrap());
        Self { filter, session }
    }

    /// In what Envoy's response, and the request at the upstream, differ from what `explain` says.
    ///
    /// # Panics
    /// When a filter never decides.
    pub fn differences(&mut self, case: &Case, exchange: &Exchange, observed: &Observed) -> Vec<String> {
        let Some(session) = &mut self.session else {
            return vec!["explain: the configuration is refused".to_owned()];
        };
        let around = surroundings(self.filter, case, Some(exchange));
        let explanation = session
            .explain(&around, &exchange.request, &exchange.response)
            .unwrap();
        let said = explanation.journey.observed;
        if is_envoys_own_answer(exchange, &said) {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut compare = |what: &str, said: String, seen: String| {
            if said != seen {
                found.push(format!("{what}: explain says {said}, Envoy does {seen}"));
            }
        };
        compare(
            "status",
            format!("{:?}", said.client.status()),
            format!("{:?}", observed.client.status()),
        );
        compare(
            "reached",
            said.upstream.is_some().to_string(),
            observed.upstream.is_some().to_string(),
        );
        if let (Some(said), Some(seen)) = (&said.upstream, &observed.upstream) {
            compare("upstream", fields(said), fields(seen));
        }
        compare("client", fields(&said.client), fields(&observed.client));
        found
    }
}

fn surroundings(filter: FilterKind, case: &Case, exchange: Option<&Exchange>) -> Surroundings {
    let of_exchange = exchange
        .map(|exchange| &exchange.properties)
        .into_iter()
        .flatten();
    let mut properties: Vec<_> = case
        .properties
        .iter()
        .chain(of_exchange)
        .map(|(name, value)| (name.clone(), value.0.clone()))
        .collect();
    // Without an address of its own, the client is on this machine.
    if !properties.iter().any(|(name, _)| name == "source.address") {
        properties.push(("source.address".to_owned(), b"127.0.0.1:50000".to_vec()));
    }
    if let Some(config) = &case.route_config {
        let path = format!("xds.route_metadata.filter_metadata.{}.config", filter.name());
        properties.push((path, config.to_string().into_bytes()));
    }
    Surroundings {
        now: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or(Duration::ZERO),
        peer: None,
        country: None,
        properties,
        clusters: Vec::new(),
    }
}

/// What Envoy answers without a filter, or in another form than a filter said, which `explain` doesn't simulate: methods
/// that its HTTP/1 parser doesn't know (`get`) or that have no path (CONNECT), and replies to gRPC clients, which it turns into trailers.
fn is_envoys_own_answer(exchange: &Exchange, said: &Observed) -> bool {
    let is_reply = said.upstream.is_none();
    let method = &exchange.request.method;
    let is_unknown = method.bytes().any(|byte| byte.is_ascii_lowercase());
    method == "CONNECT" || is_unknown || (is_reply && exchange.request.to_headers().is_grpc())
}

/// The fields that a filter may have set, removed or left, as Envoy joins lines.
fn fields(headers: &Headers) -> String {
    let mut joined: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| !is_envoys_own(name)) {
        let value = String::from_utf8_lossy(value);
        let members = value.split(',').map(|member| member.trim().to_owned());
        joined.entry(name).or_default().extend(members);
    }
    format!("{joined:?}")
}

/// Fields that Envoy or the client writes, and those that tell of a time.
fn is_envoys_own(name: &str) -> bool {
    name.starts_with(':')
        || name.starts_with("x-envoy-")
        || name.starts_with("x-edge-property-")
        || name.starts_with("x-ratelimit")
        || matches!(
            name,
            "host"
                | "server"
                | "date"
                | "connection"
                | "content-length"
                | "transfer-encoding"
                | "keep-alive"
                | "x-request-id"
                | "x-forwarded-proto"
                | "x-forwarded-for"
                | "ratelimit"
                | "ratelimit-policy"
                | "retry-after"
                | "expires"
        )
}
