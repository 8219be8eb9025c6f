//! The format of `cases/*.yaml`.

use http_filter::{ConfigError, Headers, OneOrMany, Span, choice, document};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

pub use crate::{
    expect::{Expect, Seen},
    text::{Text, lines},
};

document! {
    /// One file of cases.
    pub struct CaseFile {
        /// The filter that all cases are about; whoever runs them may know it otherwise.
        pub filter ("filter"): Option<String>,
        /// The file, seen from this one, whose filters all cases go through: a proxy's configuration, a manifest.
        pub policy ("policy"): Option<String>,
        /// The configuration of every case that has none of its own.
        pub config ("config"): Option<Value>,
        /// The clock of every case that has none of its own, in seconds since the Unix epoch.
        pub now ("now"): Option<u64>,
        /// The callout answers of every case that has none of its own.
        pub clusters ("clusters"): BTreeMap<String, OneOrMany<Answer>>,
        /// The cases.
        pub cases ("cases", required "at least one case"): Vec<Case>,
    }
}

document! {
    /// One behaviour: a configuration, and what becomes of the exchanges under it.
    #[derive(Clone)]
    pub struct Case {
        /// What the case shows; unique in its folder.
        pub name ("name", required "what the case shows"): String,
        /// The plugin's configuration; the file's, when absent.
        pub config ("config"): Option<Value>,
        /// The configuration is refused, with an error that contains this text.
        pub refused ("refused"): Option<String>,
        /// The route's override (`filter_metadata["<filter>"]["config"]`).
        pub route_config ("route_config"): Option<Value>,
        /// The clock at the start, in seconds since the Unix epoch. A case with a clock can't run in real Envoy.
        pub now ("now"): Option<u64>,
        /// The client's address, in short for the property `source.address`.
        pub peer ("peer"): Option<String>,
        /// The client's country, told by whatever the configuration asks for it. Only `edge-filters test` knows the configuration.
        pub country ("country"): Option<String>,
        /// Properties by dotted path, for example `source.address`.
        pub properties ("properties"): BTreeMap<String, Text>,
        /// What clusters answer to the filter's calls: the n-th call of a cluster gets the n-th answer, later ones the last.
        pub clusters ("clusters"): BTreeMap<String, OneOrMany<Answer>>,
        /// The tiers that can show it; all of them unless said otherwise.
        pub tiers ("tiers"): OneOrMany<Tier>,
        /// Several exchanges in order, sharing the filter's state.
        pub exchanges ("exchanges"): Vec<Exchange>,
        /// The one exchange's request.
        pub request ("request"): Option<Request>,
        /// The one exchange's response from upstream.
        pub response ("response"): Option<Response>,
        /// What the one exchange comes to.
        pub expect ("expect"): Option<Expect>,
    }
}

choice! {
    /// Where cases are replayed.
    pub enum Tier {
        /// The library, in this process.
        Native = "native",
        /// The module, in an in-process VM.
        Vm = "vm",
        /// The module, in a real Envoy.
        Envoy = "envoy",
    }
}

document! {
    /// A request, what upstream would answer, and what comes of it.
    #[derive(Clone)]
    pub struct Exchange {
        /// The time since the start of the case.
        pub at ("at"): Option<Span>,
        /// How often it's sent; every time the same is expected.
        pub repeat ("repeat"): u32 = 1,
        /// The client's address, where it differs from the case's.
        pub peer ("peer"): Option<String>,
        /// Properties that differ from the case's.
        pub properties ("properties"): BTreeMap<String, Text>,
        /// The request.
        pub request ("request"): Request,
        /// What upstream answers if the request gets there.
        pub response ("response"): Response,
        /// What comes of it.
        pub expect ("expect", required "what comes of the exchange"): Expect,
    }
}

document! {
    /// A request; everything left out is ordinary.
    #[derive(Clone)]
    pub struct Request {
        /// The method.
        pub method ("method"): String = "GET".into(),
        /// The request target.
        pub path ("path"): String = "/".into(),
        /// The authority.
        pub authority ("authority"): String = "example.com".into(),
        /// Header fields: a name with a value, or with a list of lines.
        pub headers ("headers"): BTreeMap<String, OneOrMany<Text>>,
        /// The body.
        pub body ("body"): Option<Text>,
    }
}

document! {
    /// An upstream's response; everything left out is ordinary.
    #[derive(Clone)]
    pub struct Response {
        /// The status code.
        pub status ("status"): u16 = 200,
        /// Header fields: a name with a value, or with a list of lines.
        pub headers ("headers"): BTreeMap<String, OneOrMany<Text>>,
        /// The body, in one chunk or in several.
        pub body ("body"): OneOrMany<Text>,
    }
}

document! {
    /// What a cluster answers to a call of the filter's own.
    #[derive(Clone)]
    pub struct Answer {
        /// The HTTP status.
        pub status ("status", default "200"): Option<u16>,
        /// Header fields: a name with a value, or with a list of lines.
        pub headers ("headers"): BTreeMap<String, OneOrMany<Text>>,
        /// The body.
        pub body ("body"): Option<Text>,
        /// The body, as JSON.
        pub json ("json"): Option<Value>,
        /// The gRPC status, for a gRPC call.
        pub grpc_status ("grpc_status", default "0"): Option<u32>,
        /// There is no answer.
        pub failed ("failed"): Option<Failure>,
        /// How long the answer takes; a call times out when that is longer than its own time-out.
        pub delay ("delay"): Span,
    }
}

choice! {
    /// Why there is no answer.
    pub enum Failure {
        /// The cluster does not exist, or has no host.
        NotDispatched = "not_dispatched",
        /// The connection broke off.
        Reset = "reset",
    }
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

    /// Writes out what is said in short: addresses as the property that filters ask for, statuses where they belong.
    fn spell_out(&mut self, path: &str) -> Result<(), ConfigError> {
        spell_out_peer(self.peer.as_deref(), &mut self.properties, path)?;
        if let Some(expect) = &mut self.expect {
            expect.spell_out(&format!("{path}.expect"))?;
        }
        for (index, exchange) in self.exchanges.iter_mut().enumerate() {
            let path = format!("{path}.exchanges[{index}]");
            spell_out_peer(exchange.peer.as_deref(), &mut exchange.properties, &path)?;
            exchange.expect.spell_out(&format!("{path}.expect"))?;
        }
        Ok(())
    }

    /// The exchanges of the case, whichever way they are written.
    pub fn exchanges(&self) -> Vec<Exchange> {
        if !self.exchanges.is_empty() || self.refused.is_some() {
            return self.exchanges.clone();
        }
        vec![Exchange {
            at: None,
            repeat: 1,
            peer: None,
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

/// Makes the property `source.address` of an address: Envoy's has a port.
fn spell_out_peer(
    peer: Option<&str>,
    properties: &mut BTreeMap<String, Text>,
    path: &str,
) -> Result<(), ConfigError> {
    let Some(peer) = peer else { return Ok(()) };
    let address = match peer.parse() {
        Ok(IpAddr::V4(address)) => format!("{address}:50000"),
        Ok(IpAddr::V6(address)) => format!("[{address}]:50000"),
        Err(_) => {
            let found = format!("{peer:?}");
            return Err(ConfigError::new(
                format!("{path}.peer"),
                found,
                "an IP address, such as 192.0.2.1",
            ));
        }
    };
    let before = properties.insert("source.address".to_owned(), Text(address.into_bytes()));
    match before {
        Some(_) => Err(ConfigError::new(
            format!("{path}.peer"),
            "an address beside properties.source.address",
            "one of them",
        )),
        None => Ok(()),
    }
}

impl CaseFile {
    /// Reads a file of cases, parsed from YAML or JSON: each case gets what the file says for all of them.
    ///
    /// # Errors
    /// [`ConfigError`] with the path of what is no case, where a case expects nothing, and where a name occurs twice: a
    /// test that can't fail is none.
    pub fn read(document: &Value) -> Result<Self, ConfigError> {
        let mut file: Self = document::read(document)?;
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
            case.spell_out(&path)?;
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
