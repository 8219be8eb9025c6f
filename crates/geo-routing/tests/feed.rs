//! A database that renews itself: workers of one process, each a configuration of its own, over one shared memory. How
//! fetches follow each other is tested in `shared-fetch`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "tests"
)]

use geo_database::{Country, TableBuilder};
use geo_routing::GeoRouting;
use http_filter::{Call, CallFailure, CallResponse, Decision, FilterConfig, Headers, HttpCall, Plugin, Tick};
use http_filter_test::FakeHost;
use std::{rc::Rc, time::Duration};

const CONFIG: &[u8] =
    br#"{"client": {"database": {"cluster": "files", "path": "/world.table", "refresh": "1h"}}}"#;
const MADE: u64 = 1_799_000_000;

struct Worker(Rc<Plugin<GeoRouting>>);

impl Worker {
    fn new() -> Self {
        Self(Rc::new(Plugin::new(Some(CONFIG)).unwrap()))
    }

    fn tick(&self, host: &FakeHost) -> Tick {
        self.0.config().on_tick(host)
    }

    fn answer(&self, token: u32, response: CallResponse, host: &FakeHost) {
        self.0.config().on_call_response(token, response, host);
    }

    /// The country that a client from 5.6.7.8 gets.
    fn country(&self, host: &FakeHost) -> Option<String> {
        host.set_property("source.address", "5.6.7.8:1");
        let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
        let Decision::Continue(changes) = self.0.stream().on_request_headers(&request, host) else {
            return None;
        };
        let upstream = request.mutated(&changes.mutation(&request));
        Some(String::from_utf8_lossy(upstream.first("x-geo-country")?).into_owned())
    }
}

fn table(country: &str, made: u64) -> Vec<u8> {
    let mut builder = TableBuilder::new("test", made);
    let (first, last) = ("5.0.0.0".parse().unwrap(), "5.255.255.255".parse().unwrap());
    builder.add(first, last, Country::parse(country.as_bytes()));
    builder.build()
}

fn ok(body: Vec<u8>) -> CallResponse {
    let headers = [(":status", "200"), ("etag", "\"v1\"")].into_iter().collect();
    CallResponse::Http { headers, body }
}

/// The one call among all workers' ticks: its token and the call.
fn the_call(ticks: &[Tick]) -> (usize, u32, HttpCall) {
    let calls: Vec<_> = ticks
        .iter()
        .enumerate()
        .flat_map(|(worker, tick)| tick.calls.iter().map(move |call| (worker, call)))
        .collect();
    assert_eq!(calls.len(), 1, "one worker fetches");
    match calls[0] {
        (worker, (token, Call::Http(call))) => (worker, *token, call.clone()),
        other => unreachable!("{other:?}"),
    }
}

fn conditions(call: &HttpCall) -> Vec<&str> {
    let names = call.headers.iter().map(|(name, _)| name.as_str());
    names.filter(|name| name.starts_with("if-")).collect()
}

#[test]
fn one_fetches_and_all_take_it_up() {
    let host = FakeHost::default();
    let workers: Vec<Worker> = (0..4).map(|_| Worker::new()).collect();
    let ticks = |host: &FakeHost| -> Vec<Tick> { workers.iter().map(|worker| worker.tick(host)).collect() };

    let (fetcher, token, call) = the_call(&ticks(&host));
    assert_eq!(
        (call.path.as_str(), call.cluster.as_str()),
        ("/world.table", "files")
    );
    assert!(conditions(&call).is_empty(), "nothing is known yet");
    workers[fetcher].answer(token, ok(table("DE", MADE)), &host);
    assert_eq!(
        workers[fetcher].country(&host).as_deref(),
        Some("DE"),
        "who fetched has it at once"
    );
    assert_eq!(workers[fetcher + 1].country(&host), None, "another one not yet");
    ticks(&host);
    for worker in &workers {
        assert_eq!(worker.country(&host).as_deref(), Some("DE"));
    }
    assert_eq!(
        (host.counter("database_fetched"), host.counter("database_loaded")),
        (1, 3)
    );

    // An hour later, again by one of them, and only if there is something new.
    host.advance(Duration::from_secs(3600));
    let (fetcher, token, call) = the_call(&ticks(&host));
    assert_eq!(conditions(&call), ["if-none-match"]);
    workers[fetcher].answer(token, ok(table("FR", MADE + 1)), &host);
    ticks(&host);
    for worker in &workers {
        assert_eq!(worker.country(&host).as_deref(), Some("FR"));
    }
    assert_eq!(host.shared_keys().len(), 4, "{:?}", host.shared_keys());
}

#[test]
fn who_comes_later_finds_it() {
    let host = FakeHost::default();
    let first = Worker::new();
    let (_, token, _) = the_call(&[first.tick(&host)]);
    first.answer(token, ok(table("DE", MADE)), &host);
    let second = Worker::new();
    assert!(second.tick(&host).calls.is_empty());
    assert_eq!(second.country(&host).as_deref(), Some("DE"));
}

#[test]
fn what_is_refused_changes_nothing() {
    let cut = {
        let mut cut = table("FR", MADE + 1);
        cut.truncate(cut.len() - 1);
        cut
    };
    for (name, response, counter) in [
        ("cut short", ok(cut), "database_refused_format"),
        ("no database", ok(b"<html>".to_vec()), "database_refused_format"),
        ("nothing", ok(Vec::new()), "database_refused_format"),
        (
            "says nothing",
            ok(TableBuilder::new("", MADE + 1).build()),
            "database_refused_format",
        ),
        ("older", ok(table("FR", MADE - 1)), "database_refused_older"),
        (
            "from the future",
            ok(table("FR", 1_900_000_000)),
            "database_refused_age",
        ),
        (
            "too large",
            CallResponse::Failed(CallFailure::TooLarge),
            "database_fetch_failed",
        ),
        (
            "broken off",
            CallResponse::Failed(CallFailure::Reset),
            "database_fetch_failed",
        ),
        (
            "an error",
            CallResponse::Http {
                headers: [(":status", "500")].into_iter().collect(),
                body: table("FR", MADE + 1),
            },
            "database_fetch_failed",
        ),
        (
            "gRPC",
            CallResponse::Grpc {
                status: 0,
                message: table("FR", MADE + 1),
            },
            "database_fetch_failed",
        ),
    ] {
        let host = FakeHost::default();
        let worker = Worker::new();
        let (_, token, _) = the_call(&[worker.tick(&host)]);
        worker.answer(token, ok(table("DE", MADE)), &host);
        host.advance(Duration::from_secs(3600));
        let (_, token, _) = the_call(&[worker.tick(&host)]);
        worker.answer(token, response, &host);
        worker.tick(&host);
        assert_eq!(worker.country(&host).as_deref(), Some("DE"), "{name}");
        assert_eq!(host.counter(counter), 1, "{name}: {:?}", host.counters());
        // Tried again a second later, not an hour.
        host.advance(Duration::from_secs(2));
        let (_, token, _) = the_call(&[worker.tick(&host)]);
        worker.answer(token, ok(table("FR", MADE + 1)), &host);
        assert_eq!(worker.country(&host).as_deref(), Some("FR"), "{name}");
    }
}
