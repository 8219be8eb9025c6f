use crate::{
    case::message::{Answer, Request, Response},
    expect::Expect,
    text::Text,
};
use http_filter::{OneOrMany, Span, choice, document};
use serde_json::Value;
use std::collections::BTreeMap;

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
