//! Policies that change, over one shared memory, which never deletes: what they leave behind is used again.
#![allow(clippy::unwrap_used, reason = "tests")]

use http_filter::{Decision, FilterConfig, Headers, Host, Plugin, RENEW, TERM};
use http_filter_test::FakeHost;
use rate_limit::RateLimit;
use serde_json::{Value, json};
use std::{rc::Rc, time::Duration};

type Worker = Rc<Plugin<RateLimit>>;

fn worker(document: &Value) -> Worker {
    Rc::new(Plugin::new(Some(document.to_string().as_bytes())).unwrap())
}

fn policy(name: &str, requests: u32) -> Value {
    let policy = json!({"key": {"header": "x-client"}, "requests": requests, "per": "1d", "slots": 256});
    json!({"policies": {name: policy}, "per_route": true})
}

/// How many of `requests` requests a client is let through.
fn admitted(worker: &Worker, client: &str, requests: usize, host: &FakeHost) -> usize {
    let request: Headers = [(":method", "GET"), (":path", "/"), ("x-client", client)]
        .into_iter()
        .collect();
    let admitted = || {
        let decision = worker.stream().on_request_headers(&request, host);
        matches!(decision, Decision::Continue(_))
    };
    (0..requests).filter(|_| admitted()).count()
}

/// Lets time pass, in which these workers tick.
fn pass(time: Duration, workers: &[&Worker], host: &FakeHost) {
    let end = host.now() + time;
    while host.now() < end {
        host.advance(RENEW);
        for worker in workers {
            worker.config().on_tick(host);
        }
    }
}

/// Bytes of keys and values.
fn memory(host: &FakeHost) -> usize {
    let keys = host.shared_keys();
    let bytes = |key: &String| key.len() + host.shared_data(key).value.unwrap_or_default().len();
    keys.iter().map(bytes).sum()
}

/// Fills a policy's table.
fn fill(worker: &Worker, host: &FakeHost) {
    for client in 0..100 {
        admitted(worker, &client.to_string(), 1, host);
    }
}

#[test]
fn fifty_updates_take_no_more_memory_than_two_policies() {
    for (name, renamed) in [("changed", false), ("renamed", true)] {
        let host = FakeHost::default();
        let (mut worker, mut most, mut first) = (worker(&policy("a", 1)), 0, 0);
        for update in 0..50u32 {
            let policy_name = if renamed {
                format!("p{update}")
            } else {
                "a".to_owned()
            };
            let next = self::worker(&policy(&policy_name, 10 + update));
            fill(&next, &host);
            if update == 0 {
                first = memory(&host);
            }
            // The one before is being drained meanwhile.
            pass(RENEW, &[&worker, &next], &host);
            worker = next;
            pass(TERM + RENEW, &[&worker], &host);
            most = most.max(memory(&host));
            assert_eq!(
                admitted(&worker, "new", 100, &host),
                10 + update as usize,
                "{name}: begins anew"
            );
        }
        assert!(
            most <= 2 * first + 1_000,
            "{name}: {most} bytes, and {first} for one policy"
        );
        assert!(
            host.shared_keys().len() <= 2 * 16 + 2,
            "{name}: {:?}",
            host.shared_keys()
        );
    }
}

#[test]
fn a_policy_keeps_its_table_as_long_as_somebody_has_it() {
    let host = FakeHost::default();
    let (first, second) = (worker(&policy("a", 5)), worker(&policy("a", 5)));
    assert_eq!(admitted(&first, "c", 3, &host), 3);
    pass(Duration::from_secs(600), &[&second], &host);
    let other = worker(&policy("b", 7));
    assert_eq!(admitted(&other, "c", 100, &host), 7);
    assert_eq!(
        admitted(&first, "c", 100, &host),
        2,
        "without a request for ten minutes"
    );
    assert_eq!(admitted(&second, "c", 100, &host), 0, "another worker");
    drop((first, second));
    pass(Duration::from_secs(10), &[&other], &host);
    let again = worker(&policy("a", 5));
    assert_eq!(
        admitted(&again, "c", 100, &host),
        0,
        "the same policy in the next configuration"
    );
}

#[test]
fn policies_of_overrides_are_kept_by_the_plugin() {
    let host = FakeHost::default();
    let plugin = worker(&policy("a", 5));
    let own = json!({"policies": {"a": {"requests": 3}}}).to_string();
    let route = "xds.route_metadata.filter_metadata.rate-limit.config";
    host.set_property(route, own);
    assert_eq!(admitted(&plugin, "c", 100, &host), 3);
    pass(Duration::from_secs(600), &[&plugin], &host);
    host.set_property(route, "");
    assert_eq!(admitted(&plugin, "c", 100, &host), 5, "a policy of its own");
    let other = worker(&policy("b", 7));
    assert_eq!(admitted(&other, "c", 100, &host), 7);
    host.set_property(route, json!({"policies": {"a": {"requests": 3}}}).to_string());
    assert_eq!(admitted(&plugin, "c", 100, &host), 0);
}

#[test]
fn a_clock_that_jumps_takes_no_table_away() {
    let host = FakeHost::default();
    let plugin = worker(&policy("a", 5));
    assert_eq!(admitted(&plugin, "c", 3, &host), 3);
    let begun = host.now();
    let hour = Duration::from_secs(3_600);
    for (name, jump) in [("b", begun - hour), ("c", begun + hour)] {
        host.set_now(jump);
        pass(RENEW, &[&plugin], &host);
        let other = worker(&policy(name, 7));
        assert_eq!(admitted(&other, "c", 100, &host), 7, "{name}");
        pass(RENEW, &[&plugin], &host);
    }
    host.set_now(begun);
    assert_eq!(admitted(&plugin, "c", 100, &host), 2);
}
