use crate::{Observed, Reason};
use http_filter::Headers;
use std::collections::BTreeMap;

/// What happened to one exchange: filter by filter, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    /// What each filter did with the request, in order; filters behind one that replied saw nothing.
    pub request: Vec<Visit>,
    /// What each filter did with the response, in order: the last of the chain first.
    pub response: Vec<Visit>,
    /// What came of it all.
    pub observed: Observed,
}

/// What one filter saw of a message, and what it did.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The filter's name.
    pub filter: &'static str,
    /// The filter's place in the chain, beginning with 0.
    pub place: usize,
    /// The headers that it saw.
    pub before: Headers,
    /// The headers that it left.
    pub after: Headers,
    /// What it decided.
    pub ruling: Ruling,
    /// Why, in its own words.
    pub reasons: Vec<Reason>,
    /// By how much its counters grew.
    pub counters: BTreeMap<String, u64>,
    /// What it published for later filters.
    pub properties: BTreeMap<String, Vec<u8>>,
    /// The clusters that it called, in order.
    pub calls: Vec<String>,
}

/// What a filter decided about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The request goes on; `reroute` when the route is chosen anew.
    Continue {
        /// Whether the route is chosen anew.
        reroute: bool,
    },
    /// The client is answered in the upstream's place.
    Reply {
        /// The HTTP status.
        status: u16,
        /// The slug that says why.
        details: String,
    },
    /// The response goes on, its body as it was or not.
    Respond {
        /// Whether the filter changed the body.
        body_changed: bool,
    },
}
