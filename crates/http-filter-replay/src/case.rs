//! The format of `cases/*.yaml`.

use http_filter::{ConfigError, Headers, OneOrMany, Span, config};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub use crate::{
    expect::{Expect, Seen},
    text::{Text, lines},
};

/// One file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The filter that all cases are about; whoever runs them may know it otherwise.
    #[serde(default)]
    pub filter: Option<String>,
    /// The file, seen from this one, whose filters all cases go through: a proxy's configuration, a manifest.
    #[serde(default)]
    pub policy: Option<String>,
    /// The configuration of every case that has none of its own.
    #[serde(default)]
    pub config: Option<Value>,
    /// The clock of every case that has none of its own.
    #[serde(default)]
    pub now: Option<u64>,
    /// The callout answers of every case that has none of its own.
    #[serde(default)]
    pub clusters: BTreeMap<String, OneOrMany<Answer>>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One behaviour: a configuration, and what becomes of the exchanges under it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows; unique in its folder.
    pub name: String,
    /// The plugin's configuration; the file's, when absent.
    #[serde(default)]
    pub config: Option<Value>,
    /// The configuration is refused, with an error that contains this text.
    #[serde(default)]
    pub refused: Option<String>,
    /// The route's override (`filter_metadata["<filter>"]["config"]`).
    #[serde(default)]
    pub route_config: Option<Value>,
    /// The clock at the start, in seconds since the Unix epoch. A case with a clock can't run in real Envoy.
    #[serde(default)]
    pub now: Option<u64>,
    /// Properties by dotted path, for example `source.address`.
    #[serde(default)]
    pub properties: BTreeMap<String, Text>,
    /// What clusters answer to the filter's calls: the n-th call of a cluster gets the n-th answer, later ones the last.
    #[serde(default)]
    pub clusters: BTreeMap<String, OneOrMany<Answer>>,
    /// The tiers that can show it; all of them unless said otherwise.
    #[serde(default)]
    pub tiers: OneOrMany<Tier>,
    /// Several exchanges in order, sharing the filter's state.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// The one exchange's request.
    #[serde(default)]
    pub request: Option<Request>,
    /// The one exchange's response from upstream.
    #[serde(default)]
    pub response: Option<Response>,
    /// What the one exchange comes to.
    #[serde(default)]
    pub expect: Option<Expect>,
}

/// Where cases are replayed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The library, in this process.
    Native,
    /// The module, in an in-process VM.
    Vm,
    /// The module, in a real Envoy.
    Envoy,
}

/// A request, what upstream would answer, and what comes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The time since the start of the case.
    #[serde(default)]
    pub at: Option<Span>,
    /// How often it's sent; every time the same is expected.
    #[serde(default = "once")]
    pub repeat: u32,
    /// Properties that differ from the case's.
    #[serde(default)]
    pub properties: BTreeMap<String, Text>,
    /// The request.
    #[serde(default)]
    pub request: Request,
    /// What upstream answers if the request gets there.
    #[serde(default)]
    pub response: Response,
    /// What comes of it.
    pub expect: Expect,
}

fn once() -> u32 {
    1
}

/// A request; everything left out is ordinary.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target.
    pub path: String,
    /// The authority.
    pub authority: String,
    /// Header fields: a name with a value, or with a list of lines.
    pub headers: BTreeMap<String, OneOrMany<Text>>,
    /// The body.
    pub body: Option<Text>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            path: "/".into(),
            authority: "example.com".into(),
            headers: BTreeMap::new(),
            body: None,
        }
    }
}

/// An upstream's response; everything left out is ordinary.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields: a name with a value, or with a list of lines.
    pub headers: BTreeMap<String, OneOrMany<Text>>,
    /// The body, in one chunk or in several.
    pub body: OneOrMany<Text>,
}

impl Default for Response {
    fn default() -> Self {
        Self {
            status: 200,
            headers: BTreeMap::new(),
            body: OneOrMany::default(),
        }
    }
}

/// What a cluster answers to a call of the filter's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answer {
    /// The HTTP status; 200 when absent.
    pub status: Option<u16>,
    /// Header fields.
    pub headers: BTreeMap<String, OneOrMany<Text>>,
    /// The body.
    pub body: Option<Text>,
    /// The body, as JSON.
    pub json: Option<Value>,
    /// The gRPC status, for a gRPC call; 0 when absent.
    pub grpc_status: Option<u32>,
    /// There is no answer.
    pub failed: Option<Failure>,
    /// How long the answer takes; a call times out when that is longer than its own time-out.
    pub delay: Span,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The cluster does not exist, or has no host.
    NotDispatched,
    /// The connection broke off.
    Reset,
}

impl Case {
    /// The same case for a suite: its configuration is the `section` of a document.
    #[must_use]
    pub fn in_section(mut self, section: &str) -> Self {
        let config = self.config.take().unwrap_or(Value::Null);
        self.config = Some(Value::Object(
            [(section.to_owned(), config)].into_iter().collect(),
        ));
        self
    }

    /// The exchanges of the case, whichever way they are written.
    pub fn exchanges(&self) -> Vec<Exchange> {
        if !self.exchanges.is_empty() || self.refused.is_some() {
            return self.exchanges.clone();
        }
        vec![Exchange {
            at: None,
            repeat: 1,
            properties: BTreeMap::new(),
            request: self.request.clone().unwrap_or_default(),
            response: self.response.clone().unwrap_or_default(),
            expect: self.expect.clone().unwrap_or_default(),
        }]
    }

    /// Whether this tier can show the case. Real Envoy has a clock of its own and properties that are its own, except
    /// for the client's address.
    pub fn runs_in(&self, tier: Tier) -> bool {
        let named = self.tiers.is_empty() || self.tiers.contains(&tier);
        let envoy_can = self.now.is_none()
            && self.clusters.is_empty()
            && self.exchanges.iter().all(|exchange| exchange.at.is_none())
            && self
                .properties
                .keys()
                .chain(self.exchanges.iter().flat_map(|e| e.properties.keys()))
                .all(|name| name == "source.address");
        named && (tier != Tier::Envoy || envoy_can)
    }
}

impl CaseFile {
    /// Reads a file of cases, parsed from YAML or JSON: each case gets what the file says for all of them.
    ///
    /// # Errors
    /// [`ConfigError`] with the path of what is no case, where a case expects nothing, and where a name occurs twice: a
    /// test that can't fail is none.
    pub fn read(document: Value) -> Result<Self, ConfigError> {
        let mut file: Self = config::from_value(document)?;
        if file.cases.is_empty() {
            return Err(ConfigError::new("cases", "none", "at least one case"));
        }
        let mut names = BTreeSet::new();
        for (index, case) in file.cases.iter_mut().enumerate() {
            let path = format!("cases[{index}]");
            if case.refused.is_none() && case.expect.is_none() && case.exchanges.is_empty() {
                return Err(ConfigError::new(
                    path,
                    "a case that expects nothing",
                    "refused, expect or exchanges",
                ));
            }
            if !names.insert(case.name.clone()) {
                let found = format!("{:?} a second time", case.name);
                return Err(ConfigError::new(path + ".name", found, "a name of its own"));
            }
            case.config = case.config.take().or_else(|| file.config.clone());
            case.now = case.now.or(file.now);
            if case.clusters.is_empty() {
                case.clusters.clone_from(&file.clusters);
            }
        }
        Ok(file)
    }
}

impl Request {
    /// The header snapshot that Envoy would give of it.
    pub fn to_headers(&self) -> Headers {
        let pseudo = [
            (":authority".to_owned(), self.authority.clone().into_bytes()),
            (":path".to_owned(), self.path.clone().into_bytes()),
            (":method".to_owned(), self.method.clone().into_bytes()),
            (":scheme".to_owned(), b"http".to_vec()),
        ];
        Headers::new(pseudo.into_iter().chain(lines(&self.headers)).collect())
            .with_end_of_stream(self.body.is_none())
    }
}

impl Response {
    /// The header snapshot that Envoy would give of it.
    pub fn to_headers(&self) -> Headers {
        let status = (":status".to_owned(), self.status.to_string().into_bytes());
        Headers::new(std::iter::once(status).chain(lines(&self.headers)).collect())
            .with_end_of_stream(self.body.is_empty())
    }
}
