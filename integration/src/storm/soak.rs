//! A long time of everything at a low rate: whether memory stays where it is, and whether clients name counters.

use super::{
    Build, Dependency, Row, Serving, State,
    crowds::{traps, unknown_key},
    streams::{self, Asked},
};
use crate::{Answer, Chain};
use bytes::Bytes;
use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

/// Runs the shipped chain in each of the builds for so long, all at the same time.
///
/// # Panics
/// When one doesn't start.
pub fn soak(builds: &[Build], workers: usize, lasting: Duration) -> Vec<Row> {
    thread::scope(|scope| {
        let running: Vec<_> = builds
            .iter()
            .map(|build| scope.spawn(move || soak_one(*build, workers, lasting)))
            .collect();
        running.into_iter().flat_map(|row| row.join().unwrap()).collect()
    })
}

fn soak_one(build: Build, workers: usize, lasting: Duration) -> Vec<Row> {
    let limits = Dependency::start(Serving::Limits, None);
    let chain = Chain::start_as(build, workers, limits.address(), |_| {});
    chain
        .upstream
        .answer_with(Answer::text(&"<p>all is well</p>".repeat(200)).header("content-type", "text/html"));
    let mut started = Instant::now();
    let (mut resident, mut asked, mut unanswered) = (Vec::new(), 0, 0);
    let mut is_warm = false;
    let mut early = BTreeSet::new();
    for second in 0.. {
        if is_warm && started.elapsed() >= lasting {
            break;
        }
        weather(&chain, &limits, second);
        let requests = requests(&chain, second);
        asked += requests.len();
        let network = u8::try_from(second % 100).unwrap_or_default() + 10;
        let outcomes = streams::send(chain.envoy.address(), network, requests, PATIENCE);
        unanswered += outcomes.iter().filter(|outcome| outcome.status.is_none()).count();
        // First as fast as it goes, until all that is bounded is full.
        if !is_warm {
            is_warm = started.elapsed() >= WARM;
            if is_warm {
                (started, asked) = (Instant::now(), 0);
            }
            drop(chain.upstream.received());
            continue;
        }
        resident.push(resident_kib(chain.envoy.id()));
        // Whatever is counted has been counted by then.
        if early.is_empty() && started.elapsed() > lasting / 4 {
            early = counters(&chain);
        }
        // The upstream remembers what it was asked.
        drop(chain.upstream.received());
        let next = Duration::from_secs(resident.len() as u64);
        thread::sleep(next.saturating_sub(started.elapsed()));
    }
    let quarter = resident.len() / 4;
    let median = |from: usize| {
        let mut some: Vec<u64> = resident.iter().skip(from).take(quarter).copied().collect();
        some.sort_unstable();
        some.get(quarter / 2).copied().unwrap_or_default()
    };
    let quarters = [0, 1, 2, 3].map(|number| median(number * quarter));
    let [_, second, _, last] = quarters;
    let late = counters(&chain);
    let named = late.iter().filter(|name| name.contains(MARK)).count();
    let new: Vec<_> = late.difference(&early).collect();
    let traps = traps(&chain.envoy);
    let test = format!(
        "{} s, {asked} requests after {} s of as many as possible; {}, {workers} workers",
        started.elapsed().as_secs(),
        WARM.as_secs(),
        build.name()
    );
    vec![
        Row {
            promise: "memory stays where it is, whatever comes and goes",
            test: test.clone(),
            figure: format!(
                "resident in the four quarters, medians: {} KiB; {traps} traps, {unanswered} unanswered",
                quarters.map(|kib| kib.to_string()).join(", ")
            ),
            holds: last <= second + second / 50 && traps == 0 && unanswered == 0,
        },
        Row {
            promise: "no client names a counter",
            test,
            figure: format!(
                "{} names, {} of them new after a quarter of the time: {new:?}; {named} named by a client",
                late.len(),
                new.len(),
            ),
            holds: named == 0,
        },
    ]
}

/// What changes around the filters: keys, and what those say who have them.
fn weather(chain: &Chain, limits: &Dependency, second: u64) {
    match second % 60 {
        10 => chain.idp.behave("500", Duration::ZERO).unwrap(),
        20 => chain.idp.behave("ok", Duration::from_millis(300)).unwrap(),
        25 => chain.idp.rotate().unwrap(),
        30 => chain.idp.behave("garbage", Duration::ZERO).unwrap(),
        40 => chain.idp.behave("ok", Duration::ZERO).unwrap(),
        45 => limits.become_so(Some(State::Hang)),
        55 => limits.become_so(None),
        _ => {}
    }
}

/// Some of everything, none of it asked for before.
fn requests(chain: &Chain, second: u64) -> Vec<Asked> {
    let mark = |number: u64| format!("{MARK}-{second}-{number}");
    let token = |user: u64| {
        chain
            .idp
            .token(&format!("sub={}&aud=edge&scope=compute", mark(user)))
            .unwrap()
    };
    let ask = |path: String, token: Option<String>, body: Option<Bytes>| Asked {
        path,
        token,
        body,
        fields: [
            "cookie",
            "accept-encoding",
            "cf-ipcountry",
            "origin",
            "x-cdn-secret",
            "if-none-match",
        ]
        .map(|name| (name.to_owned(), mark(0)))
        .into(),
    };
    let mut requests = Vec::new();
    for number in 0..4 {
        let name = mark(number);
        let valid = token(number);
        let mut spoilt = valid.clone();
        spoilt.replace_range(valid.len() - 20..valid.len() - 10, "AAAAAAAAAA");
        let junk = unknown_key(usize::try_from(second * 4 + number).unwrap_or_default());
        requests.extend([
            ask(format!("/geo?{name}"), Some(valid.clone()), None),
            ask(format!("/geo?{name}"), Some(spoilt), None),
            ask(format!("/geo?{name}"), Some(junk), None),
            ask("/transform".to_owned(), Some(valid), Some(name.clone().into())),
            ask(format!("/{name}"), None, None),
            ask(format!("/asset/{name}.css"), None, None),
            ask(format!("/assets/{name}"), Some(name), None),
        ]);
    }
    requests
}

fn counters(chain: &Chain) -> BTreeSet<String> {
    let stats = chain.envoy.admin().get("/stats").unwrap();
    let name = |line: &str| Some(line.split_once(": ")?.0.to_owned());
    stats.lines().filter_map(name).collect()
}

/// Kibibytes of memory that a process has.
pub(super) fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default()
}

/// In everything that a client chooses.
const MARK: &str = "zealous";
/// How long everything is filled first.
const WARM: Duration = Duration::from_secs(120);
const PATIENCE: Duration = Duration::from_secs(20);
