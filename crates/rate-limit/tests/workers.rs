//! Several workers of one process, as threads: shared data as Envoy has it, one clock, real races.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use http_filter::{Attribute, Conflict, Decision, Headers, Host, Plugin, Shared, Stream, Version};
use rate_limit::RateLimit;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

const START: u64 = 1_800_000_000_000_000_000;

/// Keys with values and versions.
type Entries = BTreeMap<String, (Vec<u8>, u32)>;

/// What the workers of a process share.
#[derive(Default)]
struct Process {
    clock: AtomicU64,
    shared: Mutex<(Entries, u32)>,
    counters: Mutex<BTreeMap<String, u64>>,
}

impl Process {
    fn counter(&self, name: &str) -> u64 {
        self.counters
            .lock()
            .unwrap()
            .get(name)
            .copied()
            .unwrap_or_default()
    }

    fn stored(&self) -> (usize, usize) {
        let shared = self.shared.lock().unwrap();
        let bytes = shared
            .0
            .iter()
            .map(|(key, (value, _))| key.len() + value.len())
            .sum();
        (shared.0.len(), bytes)
    }
}

/// One worker: a configuration of its own, as in a VM of its own.
struct Worker<'a> {
    process: &'a Process,
    plugin: Rc<Plugin<RateLimit>>,
    client: RefCell<String>,
    random: Cell<u64>,
}

impl<'a> Worker<'a> {
    fn new(process: &'a Process, config: &str, number: u64) -> Self {
        Self {
            process,
            plugin: Rc::new(Plugin::new(Some(config.as_bytes())).unwrap()),
            client: RefCell::default(),
            random: Cell::new(number),
        }
    }

    fn admits(&self, client: &str) -> bool {
        client.clone_into(&mut self.client.borrow_mut());
        let request: Headers = [(":method", "GET"), (":path", "/")].into_iter().collect();
        let mut stream: Stream<RateLimit> = self.plugin.stream();
        match stream.on_request_headers(&request, self) {
            Decision::Continue(_) => true,
            Decision::Reply(reply) => {
                assert_eq!(reply.status, 429, "{}", reply.details);
                false
            }
            other => panic!("{other:?}"),
        }
    }
}

impl Host for Worker<'_> {
    fn now(&self) -> Duration {
        Duration::from_nanos(START + self.process.clock.load(SeqCst))
    }
    fn random(&self) -> u64 {
        self.random.set(
            self.random
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        );
        self.random.get()
    }
    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        (attribute == Attribute::SourceAddress).then(|| self.client.borrow().clone().into_bytes())
    }
    fn shared_data(&self, key: &str) -> Shared {
        let shared = self.process.shared.lock().unwrap();
        let (value, version) = match shared.0.get(key) {
            Some((value, version)) => (Some(value.clone()), Version::Stored(*version)),
            None => (None, Version::Absent),
        };
        Shared { value, version }
    }
    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        let mut shared = self.process.shared.lock().unwrap();
        match (shared.0.get(key), version) {
            (Some((_, current)), Version::Stored(version)) if *current == version => {}
            (None, _) | (_, Version::Any) => {}
            _ => return Err(Conflict),
        }
        shared.1 += 1;
        let next = shared.1;
        shared.0.insert(key.to_owned(), (value.to_vec(), next));
        Ok(())
    }
    fn count(&self, name: &str, by: u64) {
        *self
            .process
            .counters
            .lock()
            .unwrap()
            .entry(name.to_owned())
            .or_default() += by;
    }
}

/// Runs `work` on so many workers at once; what they return, added up.
fn on_workers(
    process: &Process,
    config: &str,
    count: u64,
    work: impl Fn(&Worker<'_>, u64) -> u64 + Sync,
) -> u64 {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..count)
            .map(|number| scope.spawn(move || work(&Worker::new(process, config, number), number)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

#[test]
fn one_hot_key_gets_exactly_what_its_policy_allows() {
    let config = r#"{"policies": {"hot": {"key": [], "requests": 700, "per": "1s", "burst": 30}}}"#;
    let process = Process::default();
    let admitted = on_workers(&process, config, 8, |worker, _| {
        let mut admitted = 0;
        for _ in 0..1_500 {
            process.clock.fetch_add(61_003, SeqCst);
            admitted += u64::from(worker.admits(""));
        }
        admitted
    });
    // What is left at the end belongs to the run as well.
    let last = Worker::new(&process, config, 99);
    let rest = (0..1_000).take_while(|_| last.admits("")).count() as u64;
    let elapsed = process.clock.load(SeqCst);
    // The first request came one step after the start.
    let (least, most) = (
        30 + 700 * (elapsed - 8 * 61_003) / 1_000_000_000,
        30 + 700 * elapsed / 1_000_000_000,
    );
    let total = admitted + rest;
    assert!((least..=most).contains(&total), "{total}, not {least} to {most}");
    assert_eq!(total, process.counter("policy.hot.admitted"));
    assert_eq!(process.counter("contended"), 0);
}

#[test]
fn ten_thousand_keys_get_exactly_what_is_theirs() {
    let config = r#"{"policies": {"each": {"requests": 3, "per": "1h"}}}"#;
    let process = Process::default();
    let admitted = on_workers(&process, config, 4, |worker, number| {
        let mut admitted = 0;
        for request in 0..10_000u64 {
            let key = (request * 7 + number * 2_503) % 10_000;
            admitted += u64::from(worker.admits(&format!("10.{}.{}.1:1", key / 256, key % 256)));
        }
        admitted
    });
    assert_eq!(process.counter("policy.each.overflow"), 0);
    assert_eq!(admitted, 30_000);
    assert_eq!(process.counter("policy.each.refused"), 10_000);
}

#[test]
fn memory_is_flat_while_distinct_keys_pass_and_none_gets_more_than_its_own() {
    let config = r#"{"policies": {"each": {"requests": 2, "per": "1h", "slots": 1024}}}"#;
    let process = Process::default();
    let attacked = |worker: &Worker<'_>, number: u64| {
        let mut own = 0;
        for request in 0..30_000u64 {
            let key = number * 1_000_000 + request;
            worker.admits(&format!(
                "10.{}.{}.{}:1",
                (key >> 16) & 255,
                (key >> 8) & 255,
                key & 255
            ));
            // Between all those keys the attacker tries one again and again.
            own += u64::from(request % 10 == 0 && worker.admits("192.0.2.1:1"));
        }
        own
    };
    let own = on_workers(&process, config, 3, attacked);
    let (keys, bytes) = process.stored();
    assert_eq!(
        keys,
        64 + 2,
        "as many sets as slots need, the seed, and the tables"
    );
    assert!(bytes <= 66 * (64 + 17 * 16), "{bytes} bytes");
    assert!(own <= 2, "{own} of 2");
    let all = process.counter("policy.each.admitted");
    assert!(all <= 64 * 17 * 2, "{all}: more than every bucket holds");
    assert!(process.counter("policy.each.overflow") > 80_000);
}

#[test]
fn several_policies_charge_all_or_none_even_when_workers_race() {
    let config = r#"{"policies": {
        "site": {"key": [], "requests": 500, "per": "1h"},
        "wide": {"key": [], "requests": 900, "per": "1h"},
        "each": {"requests": 70, "per": "1h"}}}"#;
    let process = Process::default();
    let admitted = on_workers(&process, config, 8, |worker, number| {
        (0..300u64)
            .map(|request| u64::from(worker.admits(&format!("192.0.2.{}:1", (request + number) % 8))))
            .sum()
    });
    // A charge on its way back may have refused somebody: the rest is asked for at the end.
    let last = Worker::new(&process, config, 99);
    let rest: u64 = (0..8u64)
        .map(|client| {
            (0..500)
                .take_while(|_| last.admits(&format!("192.0.2.{client}:1")))
                .count() as u64
        })
        .sum();
    assert_eq!(admitted + rest, 500, "what the site allows, and not one fewer");
    let wide = r#"{"policies": {"wide": {"key": [], "requests": 900, "per": "1h"}}}"#;
    let wide = Worker::new(&process, wide, 99);
    let left = (0..1_000).take_while(|_| wide.admits("")).count();
    assert_eq!(left, 400, "nothing was charged for a request that was refused");
}

#[test]
fn no_client_is_stored_and_every_process_hashes_otherwise() {
    let config = r#"{"policies": {"each": {"requests": 2, "per": "1h"}}}"#;
    let keys = |number| {
        let process = Process::default();
        Worker::new(&process, config, number).admits("192.0.2.77:1");
        let shared = process.shared.lock().unwrap();
        for (key, (value, _)) in &shared.0 {
            let both = [key.as_bytes(), value].concat();
            for identity in [&b"192.0.2.77"[..], &[192, 0, 2, 77]] {
                assert!(
                    !both.windows(identity.len()).any(|part| part == identity),
                    "{key}"
                );
            }
        }
        shared.0.keys().cloned().collect::<Vec<_>>()
    };
    assert_ne!(keys(1), keys(2));
}
