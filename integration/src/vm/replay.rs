use super::{
    callout::{self, Dispatch, Request},
    flow::Event,
    instance::{Options, Program, Vm},
    process::Process,
    stream::Stream,
};
use http_filter::OneOrMany;
use http_filter_test::{
    Case, Observed, Tier,
    case::{Answer, Exchange, Failure},
    differences, lines,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    time::Duration,
};

/// Replays those of a filter's cases that this tier can show on a module, the filter's own or the suite's.
///
/// # Panics
/// When a case does not come to what it expects; the message lists all of them.
pub fn replay_cases(filter: &str, program: &Program, cases: &[Case], options: &Options) {
    let mut failures = Vec::new();
    let mut ran = 0;
    for case in cases.iter().filter(|case| case.runs_in(Tier::Vm)) {
        ran += 1;
        let found = Replay::case(filter, program, case, options);
        failures.extend(found.into_iter().map(|line| format!("{}: {line}", case.name)));
    }
    assert!(ran > 0, "{filter}: no case runs in the VM");
    assert!(
        failures.is_empty(),
        "{} differences in {ran} cases, {options:?} (`make wasm` first, where cases are newer than the module):\n  {}",
        failures.len(),
        failures.join("\n  ")
    );
}

/// A module at work in a process of its own, with clusters that answer as a case says.
pub struct Replay {
    vm: Vm,
    process: Process,
    filter: String,
    clusters: Rc<RefCell<Clusters>>,
}

/// What clusters answer.
struct Clusters {
    answers: BTreeMap<String, OneOrMany<Answer>>,
    made: BTreeMap<String, u64>,
    /// The answers to the callouts that are on their way, in order.
    next: VecDeque<Answer>,
}

impl Clusters {
    fn dispatch(&mut self, cluster: &str) -> Dispatch {
        let made = self.made.entry(cluster.to_owned()).or_default();
        *made += 1;
        let answers = self.answers.get(cluster);
        let Some(answer) = answers.and_then(|answers| answers.get(*made as usize - 1).or(answers.last()))
        else {
            return Dispatch::UnknownCluster;
        };
        if answer.failed == Some(Failure::NotDispatched) {
            return Dispatch::NoHost;
        }
        self.next.push_back(answer.clone());
        Dispatch::Sent
    }
}

impl Replay {
    /// Replays one case; everything in which it differs, a line each.
    pub fn case(filter: &str, program: &Program, case: &Case, options: &Options) -> Vec<String> {
        let mut replay = Self::new(filter, program, case, options);
        let config = case.config.as_ref().map(ToString::to_string);
        match (replay.vm.configure(config.as_deref()), &case.refused) {
            (false, Some(expected)) if replay.process.logged(expected) => Vec::new(),
            (false, Some(expected)) => {
                vec![format!(
                    "refused with {:?}, expected {expected:?}",
                    replay.process.log()
                )]
            }
            (false, None) => vec![format!("refused: {:?}", replay.process.log())],
            (true, Some(expected)) => vec![format!("accepted, expected to be refused with {expected:?}")],
            (true, None) => replay.exchanges(case),
        }
    }

    fn new(filter: &str, program: &Program, case: &Case, options: &Options) -> Self {
        let process = Process::default();
        if let Some(now) = case.now {
            process.set_clock(Duration::from_secs(now));
        }
        let clusters = Rc::new(RefCell::new(Clusters {
            answers: case.clusters.clone(),
            made: BTreeMap::new(),
            next: VecDeque::new(),
        }));
        let mut vm = Vm::new(program, &process, options.clone());
        let dispatching = Rc::clone(&clusters);
        vm.on_dispatch(move |callout| dispatching.borrow_mut().dispatch(&callout.cluster));
        Self {
            vm,
            process,
            filter: filter.to_owned(),
            clusters,
        }
    }

    fn exchanges(&mut self, case: &Case) -> Vec<String> {
        let mut found = Vec::new();
        for (index, exchange) in case.exchanges().iter().enumerate() {
            if let Some(at) = exchange.at {
                self.advance_to(at.duration());
            }
            let mut expect = exchange.expect.clone();
            // As the adapter names counters.
            let renamed = expect
                .counters
                .into_iter()
                .map(|(name, by)| (name.replace('-', "_"), by));
            expect.counters = renamed.collect();
            for time in 1..=exchange.repeat {
                let observed = self.exchange(case, exchange);
                let differ = differences(&expect, &observed).into_iter();
                found.extend(differ.map(|line| format!("exchange {}, time {time}: {line}", index + 1)));
            }
        }
        found
    }

    fn exchange(&mut self, case: &Case, exchange: &Exchange) -> Observed {
        let counters_before = self.process.counters();
        let calls_before = self.clusters.borrow().made.clone();
        let stream = self.vm.new_stream();
        self.give_properties(stream, case, exchange);
        let body = exchange.request.body.as_ref().map(|text| text.0.as_slice());
        let request = Event::message(exchange.request.to_headers(), body.as_slice(), None);
        self.vm.request(stream, request);
        self.settle(|vm| vm.replied(stream) || vm.upstream(stream).complete);
        let chunks: Vec<&[u8]> = exchange
            .response
            .body
            .iter()
            .map(|text| text.0.as_slice())
            .collect();
        let response = Event::message(exchange.response.to_headers(), &chunks, None);
        self.vm.respond(stream, response);
        self.settle(|vm| vm.client(stream).complete || vm.was_reset(stream));
        let client = self.vm.client(stream);
        let observed = Observed {
            upstream: self.vm.upstream(stream).headers,
            client: client.headers.unwrap_or_default(),
            body: client.body,
            counters: self.counted(&counters_before),
            properties: self.vm.published(stream),
            reroute: Some(self.vm.route_cache_clears(stream) > 0),
            calls: Some(grown(&calls_before, &self.clusters.borrow().made)),
        };
        self.vm.finish(stream);
        observed
    }

    fn give_properties(&mut self, stream: Stream, case: &Case, exchange: &Exchange) {
        for (path, value) in case.properties.iter().chain(&exchange.properties) {
            self.vm.set_property(stream, path, value.0.clone());
        }
        if let Some(config) = &case.route_config {
            let path = format!("xds.route_metadata.filter_metadata.{}.config", self.filter);
            self.vm.set_property(stream, &path, config.to_string());
        }
    }

    /// How counters grew, by their names without the filter's prefix.
    fn counted(&self, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let prefix = format!("{}.", self.filter.replace('-', "_"));
        let grown = grown(before, &self.process.counters()).into_iter();
        grown
            .map(|(name, by)| {
                let own = name.strip_prefix(&prefix).map(ToOwned::to_owned);
                (own.unwrap_or(name), by)
            })
            .collect()
    }

    /// Answers callouts and lets time pass until the stream has got where it goes.
    fn settle(&mut self, mut done: impl FnMut(&mut Vm) -> bool) {
        for _ in 0..100_000 {
            if self.answer_callouts() {
                continue;
            }
            if done(&mut self.vm) {
                return;
            }
            let Some(due) = self.vm.tick_due() else {
                panic!("the stream hangs: nothing will ever wake it")
            };
            self.process.advance(due.saturating_sub(self.process.elapsed()));
            self.vm.tick();
        }
        panic!("the filter never decides");
    }

    /// Lets time pass since the start of the case, ticking whenever it's due.
    fn advance_to(&mut self, until: Duration) {
        for _ in 0..100_000 {
            if self.answer_callouts() {
                continue;
            }
            let now = self.process.elapsed();
            let Some(due) = self.vm.tick_due().filter(|due| *due <= until) else {
                return self.process.advance(until.saturating_sub(now));
            };
            self.process.advance(due.saturating_sub(now));
            self.vm.tick();
        }
        panic!("the filter ticks for ever");
    }

    /// Answers what has been asked; whether there was anything.
    fn answer_callouts(&mut self) -> bool {
        let callouts = self.vm.take_callouts();
        for callout in &callouts {
            let answer = self.clusters.borrow_mut().next.pop_front().unwrap();
            self.process.advance(answer.delay.duration().min(callout.timeout));
            let timed_out = answer.delay.duration() > callout.timeout;
            let is_grpc = matches!(callout.request, Request::Grpc { .. });
            self.vm.answer(callout, answered(&answer, is_grpc, timed_out));
        }
        !callouts.is_empty()
    }
}

/// An answer as Envoy announces it.
fn answered(answer: &Answer, is_grpc: bool, timed_out: bool) -> callout::Answer {
    let text = answer.body.as_ref().map(|text| text.0.clone());
    let json = answer.json.as_ref().map(|json| json.to_string().into_bytes());
    let body = json.or(text).unwrap_or_default();
    match (answer.failed, is_grpc) {
        (Some(_), true) => callout::Answer::GrpcStatus(14),
        (Some(_), false) => callout::Answer::Reset,
        (None, true) if timed_out => callout::Answer::GrpcStatus(4),
        (None, false) if timed_out => callout::Answer::http(504, "upstream request timeout"),
        (None, true) => match answer.grpc_status.unwrap_or(0) {
            0 => callout::Answer::GrpcMessage(body),
            status => callout::Answer::GrpcStatus(status),
        },
        (None, false) => {
            let status = answer.status.unwrap_or(200).to_string().into_bytes();
            let headers = std::iter::once((":status".to_owned(), status)).chain(lines(&answer.headers));
            callout::Answer::Http {
                headers: headers.collect(),
                body,
            }
        }
    }
}

fn grown(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let grown = after.iter().map(|(name, value)| {
        let old = before.get(name).copied().unwrap_or_default();
        (name.clone(), value - old)
    });
    grown.filter(|(_, by)| *by > 0).collect()
}
