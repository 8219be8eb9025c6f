use crate::Text;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

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
