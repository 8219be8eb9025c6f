//! Envoy's admin interface.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use crate::Error;
use crate::http::Request;

/// Envoy's admin interface at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admin {
    address: SocketAddr,
}

impl Admin {
    /// The interface that listens at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The body of a GET.
    ///
    /// # Errors
    /// [`Error::Http`] without a response, [`Error::Unexpected`] with any status but 200.
    pub fn get(&self, target: &str) -> Result<String, Error> {
        let response = Request::get(target).send(self.address)?;
        match response.status {
            200 => Ok(response.text()),
            status => Err(Error::Unexpected(format!(
                "admin {target}: {status} {}",
                response.text().trim()
            ))),
        }
    }

    /// Whether Envoy is live: configured, its clusters warm, not draining.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.get("/ready").is_ok_and(|body| body.trim() == "LIVE")
    }

    /// Name and real address of each listener, in the order of the configuration.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn listeners(&self) -> Result<Vec<(String, SocketAddr)>, Error> {
        let body: Value = serde_json::from_str(&self.get("/listeners?format=json")?).unwrap_or_default();
        let statuses = body.get("listener_statuses").and_then(Value::as_array);
        Ok(statuses.into_iter().flatten().filter_map(listener).collect())
    }

    /// Counters and gauges whose name contains `part`. Envoy counts when it gets round to it: poll for a number.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn stats(&self, part: &str) -> Result<BTreeMap<String, u64>, Error> {
        let body: Value = serde_json::from_str(&self.get("/stats?format=json")?).unwrap_or_default();
        let stats = body.get("stats").and_then(Value::as_array);
        let pair = |stat: &Value| {
            Some((
                stat.get("name")?.as_str()?.to_owned(),
                stat.get("value")?.as_u64()?,
            ))
        };
        Ok(stats
            .into_iter()
            .flatten()
            .filter_map(pair)
            .filter(|(name, _)| name.contains(part))
            .collect())
    }

    /// The counters the filters define, by name without Envoy's prefix: `jwt_auth.token_expired`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn filter_counters(&self) -> Result<BTreeMap<String, u64>, Error> {
        let bare = |(name, value): (String, u64)| {
            let mut prefixes = [WASM_PREFIX, NATIVE_PREFIX].into_iter();
            let name = prefixes.find_map(|prefix| name.strip_prefix(prefix))?;
            Some((name.to_owned(), value))
        };
        Ok(self.stats("custom.")?.into_iter().filter_map(bare).collect())
    }
}

fn listener(status: &Value) -> Option<(String, SocketAddr)> {
    let address = status.pointer("/local_address/socket_address")?;
    let ip = address.get("address")?.as_str()?.parse().ok()?;
    let port = u16::try_from(address.get("port_value")?.as_u64()?).ok()?;
    Some((
        status.get("name")?.as_str()?.to_owned(),
        SocketAddr::new(ip, port),
    ))
}

/// What Envoy puts before the names of counters that Wasm filters define.
const WASM_PREFIX: &str = "wasmcustom.";
/// What it puts before those of dynamic modules.
const NATIVE_PREFIX: &str = "dynamicmodulescustom.";
