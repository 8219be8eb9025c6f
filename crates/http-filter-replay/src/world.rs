use crate::{
    SimulatedHost,
    case::message::{Answer, Failure},
    lines,
};
use http_filter::{AnyPlugin, Call, CallFailure, CallResponse, Headers, Host, OneOrMany, bounds::WAKE};
use std::{collections::BTreeMap, time::Duration};

/// A chain of filters at work in a world of its own: a host, a clock, clusters that answer.
pub struct World {
    pub(crate) filters: Vec<Working>,
    host: SimulatedHost,
    start: Duration,
    clusters: BTreeMap<String, OneOrMany<Answer>>,
    pub(crate) called: Vec<String>,
    answered: BTreeMap<String, usize>,
    /// Bodies by cluster and path; without a path, for all.
    served: Vec<(String, Option<String>, Vec<u8>)>,
}

/// A filter of the chain, and when it ticks next.
pub(crate) struct Working {
    pub(crate) plugin: Box<dyn AnyPlugin>,
    pub(crate) scope: String,
    next_tick: Option<Duration>,
}

/// A filter that comes to no end: it waits, calls or ticks for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{filter} never comes to an end: it waits, calls or ticks for ever")]
pub struct Stuck {
    filter: &'static str,
}

impl World {
    /// A world at `now` (since the Unix epoch) with one filter, whose counters go by their own names.
    pub fn of_one(plugin: Box<dyn AnyPlugin>, now: Duration) -> Self {
        Self::new(vec![(plugin, String::new())], now)
    }

    /// A world at `now` with a chain of filters, in the order in which requests pass; counters begin with `<filter>.`.
    pub fn of_chain(plugins: Vec<Box<dyn AnyPlugin>>, now: Duration) -> Self {
        let scoped = plugins.into_iter().map(|plugin| {
            let scope = [plugin.name(), "."].concat();
            (plugin, scope)
        });
        Self::new(scoped.collect(), now)
    }

    fn new(plugins: Vec<(Box<dyn AnyPlugin>, String)>, now: Duration) -> Self {
        let host = SimulatedHost::default();
        host.set_now(now);
        let filters = plugins.into_iter().map(|(plugin, scope)| Working {
            next_tick: plugin.first_tick().map(|first| now + first),
            plugin,
            scope,
        });
        Self {
            filters: filters.collect(),
            host,
            start: now,
            clusters: BTreeMap::new(),
            called: Vec::new(),
            answered: BTreeMap::new(),
            served: Vec::new(),
        }
    }

    /// Says what clusters answer: the n-th call of a cluster gets the n-th answer, later ones the last.
    #[must_use]
    pub fn with_clusters(mut self, clusters: BTreeMap<String, OneOrMany<Answer>>) -> Self {
        self.clusters = clusters;
        self
    }

    /// Has a cluster answer HTTP calls for `path` (for any, without one) with 200 and `body`.
    pub fn serve(&mut self, cluster: &str, path: Option<&str>, body: Vec<u8>) {
        let path = path.map(str::to_owned);
        self.served.push((cluster.to_owned(), path, body));
    }

    /// The host that all filters share.
    pub fn host(&self) -> &SimulatedHost {
        &self.host
    }

    /// When the world began.
    pub fn start(&self) -> Duration {
        self.start
    }

    /// How many calls each cluster got so far.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        let mut calls = BTreeMap::new();
        for cluster in &self.called {
            *calls.entry(cluster.clone()).or_default() += 1;
        }
        calls
    }

    /// Moves the clock on, ticking whenever a filter's tick is due.
    ///
    /// # Errors
    /// [`Stuck`] when a filter ticks for ever.
    pub fn advance_to(&mut self, until: Duration) -> Result<(), Stuck> {
        for _ in 0..MAX_TICKS {
            let due = self.filters.iter().map(|filter| filter.next_tick).enumerate();
            let due = due.filter_map(|(place, due)| due.filter(|due| *due <= until).map(|due| (due, place)));
            let Some((due, place)) = due.min() else {
                self.host.set_now(until.max(self.host.now()));
                return Ok(());
            };
            self.host.set_now(due.max(self.host.now()));
            self.tick(place);
        }
        let filter = self
            .filters
            .first()
            .map_or("a filter", |filter| filter.plugin.name());
        Err(Stuck { filter })
    }

    /// Lets a filter wait a little, as a stream does in the adapter.
    pub(crate) fn wait(&mut self, place: usize) -> Result<(), Stuck> {
        let until = self.host.now() + WAKE;
        // The adapter ticks at once when a stream begins to wait.
        if let Some(filter) = self.filters.get_mut(place) {
            filter.next_tick = filter.next_tick.map(|at| at.min(until));
        }
        self.advance_to(until)
    }

    pub(crate) fn stuck(&self, place: usize) -> Stuck {
        let filter = self.filters.get(place);
        Stuck {
            filter: filter.map_or("a filter", |filter| filter.plugin.name()),
        }
    }

    fn tick(&mut self, place: usize) {
        let Some(filter) = self.filters.get_mut(place) else {
            return;
        };
        self.host.set_scope(&filter.scope);
        let tick = filter.plugin.on_tick(&self.host);
        let now = self.host.now();
        filter.next_tick = tick.next.map(|after| now + after.max(MIN_TICK));
        for (token, call) in tick.calls {
            let response = self.answer(&call);
            let Some(filter) = self.filters.get_mut(place) else {
                return;
            };
            if let Some(after) = filter.plugin.on_call_response(token, response, &self.host) {
                filter.next_tick = Some(self.host.now() + after.max(MIN_TICK));
            }
        }
    }

    /// What a cluster answers.
    pub(crate) fn answer(&mut self, call: &Call) -> CallResponse {
        let (cluster, timeout, max) = match call {
            Call::Http(call) => (&call.cluster, call.timeout, call.max_response),
            Call::Grpc(call) => (&call.cluster, call.timeout, call.max_response),
        };
        self.called.push(cluster.clone());
        if let Some(body) = self.body_for(call) {
            return match body.len() > max {
                true => CallResponse::Failed(CallFailure::TooLarge),
                false => http(200, &Answer::default(), body),
            };
        }
        let made = self.answered.entry(cluster.clone()).or_default();
        let answers = self.clusters.get(cluster);
        let Some(answer) = answers.and_then(|answers| answers.get(*made).or(answers.last())) else {
            return CallResponse::Failed(CallFailure::NotDispatched);
        };
        *made += 1;
        self.host.advance(answer.delay.duration().min(timeout));
        let timed_out = answer.delay.duration() > timeout;
        let body = answer.json.as_ref().map(|json| json.to_string().into_bytes());
        let body = body
            .or_else(|| answer.body.clone().map(|text| text.0))
            .unwrap_or_default();
        let grpc = |status, message| CallResponse::Grpc { status, message };
        match (answer.failed, call) {
            (Some(Failure::NotDispatched), _) => CallResponse::Failed(CallFailure::NotDispatched),
            (Some(Failure::Reset), Call::Http(_)) => CallResponse::Failed(CallFailure::Reset),
            (Some(Failure::Reset), Call::Grpc(_)) => grpc(14, Vec::new()),
            (None, Call::Http(_)) if timed_out => {
                http(504, &Answer::default(), b"upstream request timeout".into())
            }
            (None, Call::Grpc(_)) if timed_out => grpc(4, Vec::new()),
            (None, _) if body.len() > max => CallResponse::Failed(CallFailure::TooLarge),
            (None, Call::Http(_)) => http(answer.status.unwrap_or(200), answer, body),
            (None, Call::Grpc(_)) => grpc(answer.grpc_status.unwrap_or(0), body),
        }
    }

    fn body_for(&self, call: &Call) -> Option<Vec<u8>> {
        let Call::Http(call) = call else { return None };
        let served = self.served.iter().find(|(cluster, path, _)| {
            *cluster == call.cluster && path.as_ref().is_none_or(|path| *path == call.path)
        });
        served.map(|(_, _, body)| body.clone())
    }
}

fn http(status: u16, answer: &Answer, body: Vec<u8>) -> CallResponse {
    let status = (":status".to_owned(), status.to_string().into_bytes());
    CallResponse::Http {
        headers: Headers::new(std::iter::once(status).chain(lines(&answer.headers)).collect()),
        body,
    }
}

const MIN_TICK: Duration = Duration::from_millis(1);
const MAX_TICKS: usize = 100_000;
