//! A document that workers of one process fetch, publish and take up: each a `Fetched` of its own, over one shared memory.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use http_filter::{Call, CallFailure, CallResponse, Headers, Host, HttpCall, TERM, Version};
use http_filter_test::FakeHost;
use shared_fetch::{Arrival, Body, Counters, Document, Fetch, Fetched, Lookup, Rejection, Source, Step};
use std::time::Duration;

/// A document of letters only.
struct Letters;

impl Document for Letters {
    type Prepared = String;

    fn accept(&self, arrival: &Arrival<'_>, _: Option<&String>, _: &dyn Host) -> Result<String, Rejection> {
        let text = std::str::from_utf8(arrival.body.bytes()).unwrap_or("?");
        let as_announced = arrival
            .announced
            .is_none_or(|announced| announced == arrival.digest);
        if as_announced && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Ok(text.to_owned());
        }
        Err(Rejection {
            counter: "refused",
            reason: "it's no letters".to_owned(),
        })
    }

    fn adopt(&self, body: &Body, host: &dyn Host) -> Option<String> {
        host.count("adopted", 1);
        Some(String::from_utf8_lossy(body.bytes()).into_owned())
    }
}

type Worker = Fetched<Letters>;

fn source() -> Source {
    Source {
        cluster: "files".into(),
        authority: "a.example".into(),
        path: "/letters?x=y".into(),
        digest_path: None,
        accept: "text/plain",
        timeout: Duration::from_secs(5),
        refresh: Duration::from_secs(600),
        heeds_lifetimes: true,
        stale: Duration::from_secs(3_600),
        max_bytes: 1 << 10,
    }
}

fn worker_of(source: Source) -> Worker {
    let counters = Counters {
        changed: "changed",
        unchanged: "unchanged",
        failed: "failed",
        conflict: "conflict",
    };
    Fetched::new("test", "letters", "the letters".into(), source, counters, Letters)
}

fn worker() -> Worker {
    worker_of(source())
}

fn answer(status: &str, fields: &[(&str, &str)], body: &str) -> CallResponse {
    let status = std::iter::once((":status", status));
    let headers: Headers = status.chain(fields.iter().copied()).collect();
    CallResponse::Http {
        headers,
        body: body.into(),
    }
}

fn ok(body: &str) -> CallResponse {
    answer("200", &[("etag", "\"v1\"")], body)
}

/// The call that a worker's tick makes.
fn call(worker: &Worker, host: &FakeHost) -> Option<(Step, HttpCall)> {
    match worker.on_tick(host).0? {
        (step, Call::Http(call)) => Some((step, call)),
        other => panic!("{other:?}"),
    }
}

fn conditions(call: &HttpCall) -> Vec<&str> {
    let names = call.headers.iter().map(|(name, _)| name.as_str());
    names.filter(|name| name.starts_with("if-")).collect()
}

/// Has a worker fetch `body`.
fn fetch(worker: &Worker, body: &str, host: &FakeHost) {
    let (step, _) = call(worker, host).unwrap();
    worker.on_response(step, ok(body), host);
}

fn current(worker: &Worker) -> Option<String> {
    worker.current().map(|text| (*text).clone())
}

#[test]
fn one_fetches_and_all_take_it_up() {
    let host = FakeHost::default();
    let workers: Vec<Worker> = (0..4).map(|_| worker()).collect();
    let calls: Vec<_> = workers.iter().map(|worker| call(worker, &host)).collect();
    assert_eq!(calls.iter().flatten().count(), 1, "one worker fetches");
    let (step, first) = calls[0].clone().unwrap();
    assert_eq!(
        (first.authority.as_str(), first.path.as_str()),
        ("a.example", "/letters?x=y")
    );
    let field = |name: &str| {
        let mut values = first.headers.iter().filter(|(other, _)| other == name);
        String::from_utf8(values.next().unwrap().1.clone()).unwrap()
    };
    assert_eq!(field("accept"), "text/plain");
    assert_eq!(field("accept-encoding"), "identity");
    assert!(field("user-agent").starts_with("edge-filters/"));
    assert!(conditions(&first).is_empty(), "nothing is known yet");
    workers[0].on_response(step, ok("abc"), &host);
    assert_eq!(
        current(&workers[0]).as_deref(),
        Some("abc"),
        "who fetched has it at once"
    );
    assert!(
        matches!(workers[1].lookup(&host), Lookup::Ready(_)),
        "whoever looks has it"
    );
    for worker in &workers {
        assert!(call(worker, &host).is_none());
        assert_eq!(current(worker).as_deref(), Some("abc"));
        assert_eq!(worker.version(), workers[0].version());
    }
    assert_eq!((host.counter("changed"), host.counter("adopted")), (1, 3));

    // Ahead of its end, again by one of them, and only if there is something new.
    host.advance(Duration::from_secs(600));
    let (step, second) = call(&workers[2], &host).unwrap();
    assert_eq!(conditions(&second), ["if-none-match"]);
    assert!(call(&workers[3], &host).is_none());
    workers[2].on_response(step, answer("304", &[("cache-control", "max-age=60")], ""), &host);
    assert_eq!(host.counter("unchanged"), 1);
    host.advance(Duration::from_secs(53));
    assert!(
        call(&workers[3], &host).is_none(),
        "not before the time that the answer said"
    );
    host.advance(Duration::from_secs(7));
    fetch(&workers[3], "xyz", &host);
    call(&workers[0], &host);
    assert_eq!(current(&workers[0]).as_deref(), Some("xyz"));
    assert_ne!(workers[0].version(), workers[1].version(), "another version");
}

#[test]
fn the_same_one_again_is_no_news() {
    let host = FakeHost::default();
    let worker = worker();
    fetch(&worker, "abc", &host);
    let version = worker.version();
    host.advance(Duration::from_secs(600));
    fetch(&worker, "abc", &host);
    assert_eq!(["changed", "unchanged"].map(|name| host.counter(name)), [1, 1]);
    assert_eq!(worker.version(), version);
    assert!(call(&worker, &host).is_none(), "not before the next time");
}

#[test]
fn a_fetcher_that_dies_is_replaced() {
    let host = FakeHost::default();
    let (first, second) = (worker(), worker());
    fetch(&first, "abc", &host);
    host.advance(Duration::from_secs(600));
    assert!(call(&first, &host).is_some());
    drop(first);
    assert!(call(&second, &host).is_none(), "the lease is held");
    host.advance(Duration::from_secs(7));
    assert!(call(&second, &host).is_some(), "no longer than a fetch may take");
}

#[test]
fn an_attempt_that_hangs_is_joined_while_there_is_no_document() {
    let host = FakeHost::default();
    let workers = [worker(), worker()];
    let mut begun = Vec::new();
    for tenth in 0..=60u64 {
        for worker in &workers {
            begun.extend(call(worker, &host).map(|_| tenth * 100));
        }
        host.advance(Duration::from_millis(100));
    }
    assert_eq!(begun, [0, 1_000, 3_000], "milliseconds; three at a time at most");
    // The first answer counts, whichever attempt it belongs to.
    workers[1].on_response(Step::Body, ok("abc"), &host);
    assert!(matches!(workers[0].lookup(&host), Lookup::Ready(_)));
    workers[0].on_response(Step::Body, CallResponse::Failed(CallFailure::Reset), &host);
    assert!(
        matches!(workers[0].lookup(&host), Lookup::Ready(_)),
        "a late failure takes nothing away"
    );
}

#[test]
fn pauses_after_failures_are_short_while_there_is_no_document_and_longer_after() {
    for (name, had, longest) in [("nothing yet", false, 2_500), ("one in use", true, 75_000)] {
        let host = FakeHost::default();
        let worker = worker();
        if had {
            fetch(&worker, "abc", &host);
            host.advance(Duration::from_secs(600));
        }
        let mut attempts = Vec::new();
        let begun = host.now();
        for _ in 0..40_000 {
            if let Some((step, _)) = call(&worker, &host) {
                attempts.push((host.now() - begun).as_millis());
                worker.on_response(step, CallResponse::Failed(CallFailure::NotDispatched), &host);
            }
            host.advance(Duration::from_millis(50));
        }
        let gaps: Vec<_> = attempts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!((250..=400).contains(&gaps[0]), "{name}: {gaps:?}");
        let last = *gaps.last().unwrap();
        assert!(
            last <= longest + 50 && last >= longest * 4 / 5,
            "{name}: {gaps:?}"
        );
        assert_eq!(host.counter("failed"), attempts.len() as u64, "{name}");
    }
}

#[test]
fn requests_wait_for_a_first_document_but_not_for_what_keeps_failing() {
    let host = FakeHost::default();
    let worker = worker();
    assert!(matches!(worker.lookup(&host), Lookup::Pending));
    for failure in 1..=6 {
        let (step, _) = call(&worker, &host).unwrap();
        worker.on_response(step, answer("500", &[], ""), &host);
        let waits = matches!(worker.lookup(&host), Lookup::Pending);
        assert_eq!(waits, failure < 4, "{failure}");
        host.advance(worker.next_attempt(host.now()).unwrap());
    }
    fetch(&worker, "abc", &host);
    assert!(matches!(worker.lookup(&host), Lookup::Ready(_)));
    assert_eq!(worker.next_attempt(host.now()), None);
}

#[test]
fn a_document_is_used_beyond_its_time_and_then_no_more() {
    let host = FakeHost::default();
    let worker = worker();
    fetch(&worker, "abc", &host);
    host.advance(Duration::from_secs(600 + 3_600));
    assert!(worker.at_hand(host.now()).is_some(), "stale");
    host.advance(Duration::from_secs(1));
    assert!(worker.at_hand(host.now()).is_none(), "too old");
    assert_eq!(
        current(&worker).as_deref(),
        Some("abc"),
        "for those who take it however old it is"
    );
}

#[test]
fn what_is_refused_or_fails_changes_nothing() {
    let gzip = answer("200", &[("content-encoding", "gzip")], "abd");
    for (name, response, counter) in [
        ("refused", ok("123"), "refused"),
        ("a page", ok("<html>"), "refused"),
        ("an error", answer("500", &[], "abd"), "failed"),
        ("a redirect", answer("302", &[("location", "/")], "abd"), "failed"),
        ("encoded", gzip, "failed"),
        ("too large", CallResponse::Failed(CallFailure::TooLarge), "failed"),
        ("broken off", CallResponse::Failed(CallFailure::Reset), "failed"),
        (
            "gRPC",
            CallResponse::Grpc {
                status: 0,
                message: b"abd".to_vec(),
            },
            "failed",
        ),
    ] {
        let host = FakeHost::default();
        let (first, second) = (worker(), worker());
        fetch(&first, "abc", &host);
        host.advance(Duration::from_secs(600));
        let (step, _) = call(&first, &host).unwrap();
        first.on_response(step, response, &host);
        for worker in [&first, &second] {
            worker.take_up(&host);
            assert_eq!(current(worker).as_deref(), Some("abc"), "{name}");
        }
        assert_eq!(host.counter(counter), 1, "{name}: {:?}", host.counters());
        host.advance(Duration::from_secs(1));
        fetch(&second, "xyz", &host);
        assert_eq!(current(&second).as_deref(), Some("xyz"), "{name}");
    }
    let host = FakeHost::default();
    let worker = worker();
    let (step, _) = call(&worker, &host).unwrap();
    worker.on_response(step, answer("304", &[], ""), &host);
    assert_eq!(host.counter("failed"), 1, "not modified, but nothing is there");
}

#[test]
fn a_fetch_out_of_turn_is_asked_for_once() {
    let host = FakeHost::default();
    let (first, second) = (worker(), worker());
    fetch(&first, "abc", &host);
    host.advance(Duration::from_secs(60));
    assert!(call(&first, &host).is_none());
    assert!(second.refetch(&host));
    assert!(!second.refetch(&host), "asked already");
    fetch(&first, "xyz", &host);
    assert!(matches!(second.lookup(&host), Lookup::Ready(_)));
    second.take_up(&host);
    assert_eq!(current(&second).as_deref(), Some("xyz"));
    assert!(call(&first, &host).is_none(), "once");
}

#[test]
fn a_digest_is_fetched_first() {
    // SHA-256 of `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  letters\n";
    let host = FakeHost::default();
    let worker = worker_of(Source {
        digest_path: Some("/letters.sha256".into()),
        ..source()
    });
    let (step, digest) = call(&worker, &host).unwrap();
    assert_eq!((step, digest.path.as_str()), (Step::Digest, "/letters.sha256"));
    assert!(worker.on_response(step, ok(ABC), &host).is_some());
    let (step, body) = call(&worker, &host).unwrap();
    assert_eq!((step, body.path.as_str()), (Step::Body, "/letters?x=y"));
    worker.on_response(step, ok("abc"), &host);
    assert_eq!(current(&worker).as_deref(), Some("abc"));
    host.advance(Duration::from_secs(600));
    let (step, _) = call(&worker, &host).unwrap();
    worker.on_response(step, ok(ABC), &host);
    assert!(
        call(&worker, &host).is_none(),
        "nothing more while it stays the same"
    );
    assert_eq!(host.counter("unchanged"), 1);
    host.advance(Duration::from_secs(600));
    let (step, _) = call(&worker, &host).unwrap();
    worker.on_response(step, ok("no digest"), &host);
    assert_eq!(host.counter("failed"), 1);
    host.advance(Duration::from_secs(1));
    let (step, _) = call(&worker, &host).unwrap();
    worker.on_response(step, ok(&ABC.replace("ba", "ab")), &host);
    fetch(&worker, "xyz", &host);
    assert_eq!(host.counter("refused"), 1, "not the announced one");
    assert_eq!(current(&worker).as_deref(), Some("abc"));
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let host = FakeHost::default();
    let worker = worker();
    let begun = host.now();
    fetch(&worker, "abc", &host);
    host.set_now(begun - Duration::from_secs(1_000_000));
    assert!(call(&worker, &host).is_some());
    assert_eq!(current(&worker).as_deref(), Some("abc"));
}

#[test]
fn shared_memory_that_holds_something_else_is_nothing() {
    let host = FakeHost::default();
    let first = worker();
    fetch(&first, "abc", &host);
    for key in host.shared_keys() {
        host.set_shared_data(&key, b"garbage", Version::Any).unwrap();
    }
    let second = worker();
    second.take_up(&host);
    assert_eq!(current(&second), None);
    assert_eq!(current(&first).as_deref(), Some("abc"));
}

#[test]
fn bytes_that_belong_to_another_record_are_fetched_again() {
    let host = FakeHost::default();
    let first = worker();
    fetch(&first, "abc", &host);
    let body = host
        .shared_keys()
        .into_iter()
        .find(|key| key.ends_with("/body"))
        .unwrap();
    host.set_shared_data(&body, b"xyz and another mark", Version::Any)
        .unwrap();
    let second = worker();
    assert!(call(&second, &host).is_none(), "perhaps somebody is publishing");
    assert_eq!(current(&second), None);
    host.advance(Duration::from_secs(3));
    let (step, again) = call(&second, &host).unwrap();
    assert!(conditions(&again).is_empty(), "this worker has nothing");
    second.on_response(step, ok("abc"), &host);
    let third = worker();
    third.take_up(&host);
    assert_eq!(current(&third).as_deref(), Some("abc"));
}

#[test]
fn what_cannot_be_published_is_used_where_it_was_fetched() {
    let host = FakeHost::default();
    let worker = worker();
    let (step, _) = call(&worker, &host).unwrap();
    host.conflict(100);
    worker.on_response(step, ok("abc"), &host);
    assert_eq!(current(&worker).as_deref(), Some("abc"));
    assert_eq!(host.counter("conflict"), 1);
}

#[test]
fn addresses_that_are_gone_make_room_and_leave_nothing_to_others() {
    let host = FakeHost::default();
    for number in 0..50 {
        let worker = worker_of(Source {
            path: format!("/letters-{number}"),
            ..source()
        });
        worker.take_up(&host);
        assert_eq!(current(&worker), None, "{number}: not what another address had");
        fetch(&worker, "abc", &host);
        host.advance(TERM / 2 + Duration::from_secs(1));
        assert!(
            call(&worker, &host).is_none(),
            "{number}: it keeps its place by ticking"
        );
        host.advance(TERM);
    }
    let keys = host.shared_keys();
    assert!(keys.len() <= 3 + 1, "{keys:?}");
}

#[test]
fn documents_in_use_keep_their_places() {
    let host = FakeHost::default();
    let of = |number: usize| {
        worker_of(Source {
            path: format!("/letters-{number}"),
            ..source()
        })
    };
    let workers: Vec<Worker> = (0..5).map(of).collect();
    for (worker, letters) in workers.iter().zip(["a", "b", "c", "d", "e"]) {
        fetch(worker, letters, &host);
    }
    for _ in 0..20 {
        host.advance(Duration::from_secs(10));
        for worker in &workers {
            assert!(call(worker, &host).is_none());
        }
    }
    let late: Vec<Worker> = (0..5).map(of).collect();
    for (worker, letters) in late.iter().zip(["a", "b", "c", "d", "e"]) {
        worker.take_up(&host);
        assert_eq!(current(worker).as_deref(), Some(letters));
    }
    assert_eq!(host.shared_keys().len(), 5 * 3 + 1);
}
