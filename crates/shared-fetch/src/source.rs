use http_filter::{Call, HttpCall, Owner};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Where and how a document is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name of Envoy's cluster.
    pub cluster: String,
    /// The `:authority` to ask for.
    pub authority: String,
    /// The request target, beginning with `/`.
    pub path: String,
    /// The request target of a file that holds the document's SHA-256, as `sha256sum` writes it; fetched first.
    pub digest_path: Option<String>,
    /// The media types to ask for (RFC 9110 §12.5.1).
    pub accept: &'static str,
    /// How long one fetch may take.
    pub timeout: Duration,
    /// How long a document is current that doesn't say how long.
    pub refresh: Duration,
    /// Whether `Cache-Control` and `Expires` say how long a document is current.
    pub heeds_lifetimes: bool,
    /// How long a document is used beyond its time.
    pub stale: Duration,
    /// The largest document, in bytes.
    pub max_bytes: usize,
}

impl Source {
    /// What tells this document from others.
    pub(crate) fn owner(&self) -> Owner {
        let mut hash = Sha256::new();
        for part in [&self.cluster, &self.authority, &self.path] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().first_chunk().copied().unwrap_or_default()
    }

    /// The request for `path`, with `conditions`.
    pub(crate) fn call(&self, path: &str, conditions: Vec<(String, Vec<u8>)>) -> Call {
        let mut headers = vec![
            ("accept".to_owned(), self.accept.into()),
            // Bodies are read as they come: no coding is undone here (RFC 9110 §12.5.3).
            ("accept-encoding".to_owned(), b"identity".to_vec()),
            ("user-agent".to_owned(), USER_AGENT.into()),
        ];
        headers.extend(conditions);
        Call::Http(HttpCall {
            cluster: self.cluster.clone(),
            method: "GET".to_owned(),
            authority: self.authority.clone(),
            path: path.to_owned(),
            headers,
            body: Vec::new(),
            timeout: self.timeout,
            max_response: self.max_bytes,
        })
    }
}

/// Who asks (RFC 9110 §10.1.5).
const USER_AGENT: &str = concat!("edge-filters/", env!("CARGO_PKG_VERSION"));
