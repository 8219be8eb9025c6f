use crate::Text;
use http_filter::{ConfigError, document};
use serde_json::Value;
use std::collections::BTreeMap;

document! {
    /// What an exchange comes to. What isn't said isn't looked at.
    #[derive(Clone)]
    pub struct Expect {
        /// The status that the client gets, in short for `client: {status: …}`.
        pub status ("status"): Option<u16>,
        /// Whether the request got to the upstream.
        pub reached ("reached"): Option<bool>,
        /// The request as the upstream saw it; it did get there.
        pub upstream ("upstream"): Option<Seen>,
        /// The response as the client saw it.
        pub client ("client"): Option<Seen>,
        /// By how much counters grew, by their names without the filter's prefix.
        pub counters ("counters"): BTreeMap<String, u64>,
        /// Properties published to later filters; values that are JSON are compared as JSON.
        pub properties ("properties"): BTreeMap<String, Value>,
        /// Whether the route was chosen anew. Native and VM only.
        pub reroute ("reroute"): Option<bool>,
        /// How many calls each cluster got in this exchange. Native and VM only.
        pub calls ("calls"): BTreeMap<String, u64>,
    }
}

impl Expect {
    /// Writes the status where it belongs.
    pub(crate) fn spell_out(&mut self, path: &str) -> Result<(), ConfigError> {
        let Some(status) = self.status.take() else {
            return Ok(());
        };
        let client = self.client.get_or_insert_default();
        match client.status.replace(status) {
            Some(_) => Err(ConfigError::new(
                format!("{path}.status"),
                "a status beside client.status",
                "one of them",
            )),
            None => Ok(()),
        }
    }
}

document! {
    /// A message as somebody saw it.
    #[derive(Clone)]
    pub struct Seen {
        /// The response's status.
        pub status ("status"): Option<u16>,
        /// The request target.
        pub path ("path"): Option<String>,
        /// Header fields: the value with lines joined by `, `; a list of lines; `{matches: "Bearer *"}`; `null` for none.
        pub headers ("headers"): BTreeMap<String, Value>,
        /// The slug of the problem that the body tells.
        pub problem ("problem"): Option<String>,
        /// The body.
        pub body ("body"): Option<Text>,
        /// Members of the body, as JSON.
        pub json ("json"): Option<Value>,
    }
}
