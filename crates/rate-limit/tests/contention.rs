//! What happens when another worker is faster, step by step; and what a request costs in host calls.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter::{Attribute, Conflict, Decision, Headers, Host, LocalReply, Plugin, Shared, Version};
use http_filter_test::FakeHost;
use rate_limit::RateLimit;
use std::{cell::Cell, rc::Rc, time::Duration};

fn plugin(config: &str) -> Rc<Plugin<RateLimit>> {
    Rc::new(Plugin::new(Some(config.as_bytes())).unwrap())
}

fn decide(plugin: &Rc<Plugin<RateLimit>>, host: &dyn Host) -> Option<LocalReply> {
    let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
    match plugin.stream().on_request_headers(&request, host) {
        Decision::Continue(_) => None,
        Decision::Reply(reply) => Some(reply),
        other => panic!("{other:?}"),
    }
}

fn field(reply: &LocalReply, name: &str) -> Option<String> {
    reply
        .headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

/// A host on which a rival's whole request comes between a read and the write of this number.
struct Rival<'a> {
    host: &'a FakeHost,
    rival: &'a Rc<Plugin<RateLimit>>,
    before: Cell<u32>,
}

impl Host for Rival<'_> {
    fn now(&self) -> Duration {
        self.host.now()
    }
    fn random(&self) -> u64 {
        self.host.random()
    }
    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        self.host.attribute(attribute)
    }
    fn shared_data(&self, key: &str) -> Shared {
        self.host.shared_data(key)
    }
    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        self.before.set(self.before.get().wrapping_sub(1));
        if self.before.get() == 0 {
            assert_eq!(decide(self.rival, self.host), None, "the rival is admitted");
        }
        self.host.set_shared_data(key, value, version)
    }
    fn count(&self, name: &str, by: u64) {
        self.host.count(name, by);
    }
}

const TWO: &str = r#"{"policies": {"a": {"key": [], "requests": 10, "per": "10s"}, "b": {"key": [], "requests": 1, "per": "10s"}}}"#;

#[test]
fn a_late_refusal_gives_back_what_was_charged() {
    for (name, before, left) in [("before the first write", 1, 9), ("before the second", 2, 9)] {
        let (host, plugin) = (FakeHost::default(), plugin(TWO));
        // The process's secret is made by an earlier request, on policies of other names.
        decide(
            &self::plugin(r#"{"policies": {"c": {"key": [], "requests": 1, "per": "1s"}}}"#),
            &host,
        );
        let rival = Rival {
            host: &host,
            rival: &plugin,
            before: Cell::new(before),
        };
        let reply = decide(&self::plugin(TWO), &rival).unwrap();
        assert_eq!(reply.details, "quota_exceeded", "{name}");
        assert_eq!(host.counter("policy.b.refused"), 1, "{name}");
        assert_eq!(host.counter("policy.a.admitted"), 1, "{name}: the rival's");
        let reply = decide(&plugin, &host).unwrap();
        assert_eq!(
            field(&reply, "ratelimit").unwrap(),
            format!("\"a\";r={left};t=1, \"b\";r=0;t=10"),
            "{name}"
        );
    }
}

#[test]
fn a_shadow_policy_that_is_late_changes_nothing() {
    let shadow = TWO.replace("\"requests\": 1,", "\"requests\": 1, \"mode\": \"shadow\",");
    let (host, plugin) = (FakeHost::default(), plugin(&shadow));
    decide(
        &self::plugin(r#"{"policies": {"c": {"key": [], "requests": 1, "per": "1s"}}}"#),
        &host,
    );
    let rival = Rival {
        host: &host,
        rival: &plugin,
        before: Cell::new(2),
    };
    assert_eq!(decide(&self::plugin(&shadow), &rival), None);
    assert_eq!(host.counter("policy.b.shadowed"), 1);
    assert_eq!(host.counter("policy.a.admitted"), 2);
}

#[test]
fn retries_are_bounded_and_end_as_stated() {
    let config = r#"{"policies": {"a": {"key": [], "requests": 3, "per": "10s"}}, "reply": {"jitter": 0}}"#;
    let (host, plugin) = (FakeHost::default(), plugin(config));
    assert_eq!(decide(&plugin, &host), None);
    host.conflict(255);
    assert_eq!(decide(&plugin, &host), None, "the last attempt counts");
    host.conflict(256);
    let reply = decide(&plugin, &host).unwrap();
    assert_eq!((reply.status, reply.details.as_ref()), (503, "contended"));
    assert_eq!(field(&reply, "retry-after").as_deref(), Some("1"));
    assert_eq!(decide(&plugin, &host), None, "it was not charged");
    assert_eq!(decide(&plugin, &host).unwrap().status, 429);
}

#[test]
fn a_request_costs_few_host_calls() {
    let host = FakeHost::default();
    host.set_property("source.address", "192.0.2.1:1");
    let one = plugin(r#"{"policies": {"each": {"requests": 2, "per": "1h"}}}"#);
    let two = plugin(
        r#"{"policies": {"each": {"requests": 2, "per": "2h"}, "net": {"key": [{"client_ip": {"ipv4_prefix": 24}}, "host"], "requests": 9, "per": "1h"}}}"#,
    );
    for (name, plugin, calls) in [
        (
            "the first: property, secret, table and bucket (read and write each)",
            &one,
            7,
        ),
        ("admitted: property, read, write", &one, 3),
        ("refused: property, read", &one, 2),
        (
            "another configuration's first: property, secret, two tables, two buckets",
            &two,
            10,
        ),
        ("two policies: property, two reads, two writes", &two, 5),
        ("refused by one: property, two reads", &two, 3),
    ] {
        let before = host.host_calls();
        decide(plugin, &host);
        assert_eq!(host.host_calls() - before, calls, "{name}");
    }
}

#[test]
fn what_somebody_else_stored_counts_as_nothing() {
    let (host, plugin) = (
        FakeHost::default(),
        plugin(r#"{"policies": {"a": {"key": [], "requests": 1, "per": "1h"}}}"#),
    );
    assert_eq!(decide(&plugin, &host), None);
    assert_eq!(decide(&plugin, &host).unwrap().status, 429);
    let key = host
        .shared_keys()
        .into_iter()
        .find(|key| key.ends_with("/0"))
        .unwrap();
    let version = host.shared_data(&key).version;
    host.set_shared_data(&key, b"not ours", version).unwrap();
    assert_eq!(decide(&plugin, &host), None);
    assert_eq!(host.counter("stored_invalid"), 1);
    assert_eq!(decide(&plugin, &host).unwrap().status, 429);
}

#[test]
fn a_policy_keeps_its_counts_while_the_configuration_around_it_changes() {
    let host = FakeHost::default();
    let config = |a: &str, b: &str| {
        plugin(&format!(
            r#"{{"policies": {{"a": {{"key": [], "requests": 2, {a}}}, "b": {{"key": [], "requests": 9, "per": "1h"}}}}{b}}}"#
        ))
    };
    assert_eq!(decide(&config(r#""per": "1h""#, ""), &host), None);
    assert_eq!(
        decide(
            &config(
                r#""per": "1h", "percent": 100"#,
                r#", "headers": {"x_ratelimit": "always"}"#
            ),
            &host
        ),
        None
    );
    assert_eq!(decide(&config(r#""per": "1h""#, ""), &host).unwrap().status, 429);
    assert_eq!(
        decide(&config(r#""per": "2h""#, ""), &host),
        None,
        "another policy, though of this name"
    );
    assert_eq!(
        decide(&config(r#""per": "1h""#, r#", "namespace": "two""#), &host),
        None,
        "set apart"
    );
}

/// Refusals change no bucket, and this one lies a day ahead of the clock.
#[test]
fn a_clock_that_was_set_back_is_waited_for_no_longer_than_a_refill() {
    let host = FakeHost::default();
    let plugin = plugin(r#"{"policies": {"p": {"key": [], "requests": 10, "per": "10s"}}}"#);
    assert_eq!(decide(&plugin, &host), None);
    let back = host.now() - Duration::from_secs(86_400);
    let admitted = |after: u64| {
        host.set_now(back + Duration::from_secs(after));
        (0..20).filter(|_| decide(&plugin, &host).is_none()).count()
    };
    assert_eq!([0, 1, 1, 4, 100].map(admitted), [0, 1, 0, 3, 10]);
}

/// Workers read their clocks one after the other: what one of them read earlier tells nothing of the clock.
#[test]
fn an_older_reading_of_the_clock_admits_nobody_more() {
    for (name, older) in [
        ("a microsecond", 1),
        ("two seconds", 2_000_000),
        ("a minute", 60_000_000),
    ] {
        let host = FakeHost::default();
        let plugin = plugin(r#"{"policies": {"p": {"key": [], "requests": 10, "per": "10s"}}}"#);
        let admitted = || (0..20).filter(|_| decide(&plugin, &host).is_none()).count();
        assert_eq!(admitted(), 10, "{name}");
        let now = host.now();
        host.set_now(now - Duration::from_micros(older));
        assert_eq!(admitted(), 0, "{name}");
        host.set_now(now);
        assert_eq!(admitted(), 0, "{name}");
        host.set_now(now + Duration::from_secs(1));
        assert_eq!(admitted(), 1, "{name}");
    }
}
