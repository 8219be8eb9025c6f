//! The format of `cases/*.yaml`.

use base64::{Engine, prelude::BASE64_STANDARD};
use http_filter::{OneOrMany, Span};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, path::Path};

/// One file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    /// The configuration of every case that has none of its own.
    #[serde(default)]
    config: Option<Value>,
    /// The clock of every case that has none of its own.
    #[serde(default)]
    now: Option<u64>,
    /// The callout answers of every case that has none of its own.
    #[serde(default)]
    clusters: BTreeMap<String, OneOrMany<Answer>>,
    cases: Vec<Case>,
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

/// What an exchange comes to. What isn't said isn't looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Whether the request got to the upstream.
    pub reached: Option<bool>,
    /// The request as the upstream saw it; it did get there.
    pub upstream: Option<Seen>,
    /// The response as the client saw it.
    pub client: Option<Seen>,
    /// By how much counters grew, by their names without the filter's prefix.
    pub counters: BTreeMap<String, u64>,
    /// Properties published to later filters; values that are JSON are compared as JSON.
    pub properties: BTreeMap<String, Value>,
    /// Whether the route was chosen anew. Native and VM only.
    pub reroute: Option<bool>,
    /// How many calls each cluster got in this exchange. Native and VM only.
    pub calls: BTreeMap<String, u64>,
}

/// A message as somebody saw it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    /// The response's status.
    pub status: Option<u16>,
    /// The request target.
    pub path: Option<String>,
    /// Header fields: the value with lines joined by `, `; a list of lines; `{matches: "Bearer *"}`; `null` for none.
    pub headers: BTreeMap<String, Value>,
    /// The slug of the problem that the body tells.
    pub problem: Option<String>,
    /// The body.
    pub body: Option<Text>,
    /// Members of the body, as JSON.
    pub json: Option<Value>,
}

/// A text of bytes: a string, a number, a boolean, or `{base64: …}` for bytes that are no text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<u8>);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.into_bytes())),
            Value::Object(members) => match members.get("base64").and_then(Value::as_str) {
                Some(text) => BASE64_STANDARD.decode(text).map(Self).map_err(de::Error::custom),
                None => Err(de::Error::custom("expected a text or {base64: …}")),
            },
            other => Ok(Self(other.to_string().into_bytes())),
        }
    }
}

impl Case {
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

/// Reads every `*.yaml` file of a folder, in order of their names.
///
/// # Panics
/// When a file can't be read or is no file of cases, when a name occurs twice, when a case says nothing, or when there
/// is no case at all: a test that can't fail is none.
pub fn load(folder: &Path) -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let mut cases: Vec<Case> = files.iter().flat_map(|file| read(file)).collect();
    assert!(!cases.is_empty(), "{}: no cases", folder.display());
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in cases.windows(2) {
        assert_ne!(
            pair[0].name,
            pair[1].name,
            "{}: two cases of this name",
            folder.display()
        );
    }
    cases
}

fn read(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let document: Value =
        serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed: CaseFile = http_filter::config::from_value(document)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut cases = parsed.cases;
    for case in &mut cases {
        let says_something = case.refused.is_some() || case.expect.is_some() || !case.exchanges.is_empty();
        assert!(
            says_something,
            "{}: {}: expects nothing",
            file.display(),
            case.name
        );
        case.config = case.config.take().or_else(|| parsed.config.clone());
        case.now = case.now.or(parsed.now);
        if case.clusters.is_empty() {
            case.clusters.clone_from(&parsed.clusters);
        }
    }
    cases
}
