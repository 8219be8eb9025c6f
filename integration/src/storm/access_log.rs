//! What Envoy itself says of its requests: how long they took by its own clock, whatever the clients were busy with.

use edge_demo::envoy::Envoy;
use serde_json::{Value, json};
use std::time::Duration;

/// A request that is over.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The target, with its query.
    pub target: String,
    /// The status it was answered with; 0 when it ended without one.
    pub status: u16,
    /// From the first byte that Envoy had of it to the last byte of its answer.
    pub took: Duration,
    /// Who answered, as Envoy names it.
    pub(super) details: String,
}

impl Logged {
    /// Whether its upstream answered.
    pub fn is_forwarded(&self) -> bool {
        self.details == "via_upstream"
    }

    /// Whether a filter answered, and not its upstream nor Envoy for it: what filters say has no name of Envoy's.
    pub fn is_filters(&self) -> bool {
        let envoys = [
            "via_upstream",
            "upstream_",
            "overflow",
            "no_healthy_upstream",
            "response_timeout",
            "downstream_",
            "http1.",
            "http2.",
        ];
        !envoys.iter().any(|name| self.details.starts_with(name))
    }
}

/// What a connection manager needs for [`logged`].
pub(super) fn access_log() -> Value {
    json!([{
        "name": "envoy.access_loggers.stdout",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
            "log_format": {"json_format": {
                "storm": "%REQ(:PATH)%", "status": "%RESPONSE_CODE%", "milliseconds": "%DURATION%",
                "details": "%RESPONSE_CODE_DETAILS%",
            }},
        },
    }])
}

/// The requests that are over, in the order in which they ended, once all that Envoy holds back is written.
pub fn logged(envoy: &Envoy) -> Vec<Logged> {
    envoy.log().lines().filter_map(read).collect()
}

fn read(line: &str) -> Option<Logged> {
    let line: Value = serde_json::from_str(line).ok()?;
    // The shipped chain's own format says more, and names the target with its method.
    let target = line.get("storm").or(line.get("request"))?.as_str()?;
    Some(Logged {
        target: target.to_owned(),
        status: u16::try_from(line["status"].as_u64()?).ok()?,
        took: Duration::from_millis(line["milliseconds"].as_u64()?),
        // In Wasm a filter's word stands in filter state.
        details: line["filter"]
            .as_str()
            .or(line["details"].as_str())
            .unwrap_or_default()
            .to_owned(),
    })
}

/// Envoy writes its log within half of this.
pub(super) const WRITTEN: Duration = Duration::from_millis(1000);
