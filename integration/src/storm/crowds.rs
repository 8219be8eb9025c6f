//! Crowds: who comes all at once to the shipped chain, and what becomes of the others.

use super::{
    Build, Dependency, GRACE, Row, Serving, State,
    access_log::{Logged, WRITTEN, logged},
    streams::{self, Asked},
};
use crate::{Answer, Chain, crowd, eventually};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use edge_demo::{envoy::Envoy, idp::IdentityProvider};
use http_filter::bounds::{MOST_LET_GO, MOST_WAITING_OF_ONE, PACE};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Who comes all at once.
pub struct Crowd {
    /// What the report calls them.
    pub name: &'static str,
    /// How many: ten times those that once took the filters down.
    pub size: usize,
    /// What they ask for.
    asks: Asks,
    /// How the identity provider answers, and after how many milliseconds.
    provider: (&'static str, u64),
    /// What its members may be answered.
    may_get: &'static [u16],
    /// How long those may take that a filter answers, in milliseconds: `wait`, or the rate limit service's `timeout`.
    bound: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// With tokens of the right issuer that name keys nobody has.
    UnknownKeys,
    /// With valid tokens, before the first keys are there.
    AtStart,
    /// The same, with bodies of 64 KB.
    Bodies,
    /// With valid tokens, for what a rate limit service is asked about, which hangs.
    Calls,
}

/// All of them.
pub const CROWDS: [Crowd; 6] = [
    Crowd {
        name: "junk tokens of the right issuer with unknown keys, the provider answers after 200 ms",
        size: 7_000,
        asks: Asks::UnknownKeys,
        provider: ("ok", 200),
        may_get: &[401, 429, 503],
        bound: 2_000,
    },
    Crowd {
        name: "valid tokens at start, the provider answers 500",
        size: 10_000,
        asks: Asks::AtStart,
        provider: ("500", 0),
        may_get: &[503],
        bound: 2_000,
    },
    Crowd {
        name: "valid tokens at start, the provider answers after 700 ms",
        size: 10_000,
        asks: Asks::AtStart,
        provider: ("ok", 700),
        may_get: &[200, 429, 503],
        bound: 2_000,
    },
    Crowd {
        name: "valid tokens at start, the provider hangs",
        size: 50_000,
        asks: Asks::AtStart,
        provider: ("ok", 60_000),
        may_get: &[503],
        bound: 2_000,
    },
    Crowd {
        name: "bodies of 64 KB with valid tokens at start, the provider answers after 700 ms",
        size: 1_000,
        asks: Asks::Bodies,
        provider: ("ok", 700),
        may_get: &[200, 429, 503],
        bound: 2_000,
    },
    Crowd {
        name: "valid tokens, each a question to a rate limit service that hangs",
        size: 10_000,
        asks: Asks::Calls,
        provider: ("ok", 0),
        may_get: &[200, 429],
        bound: 100,
    },
];

/// Sends the crowd, or a part of it, while others are under way. `slack` is what a busy machine may add to bounds.
///
/// # Panics
/// When the chain doesn't start.
pub fn crowd(crowd: &Crowd, size: usize, build: Build, workers: usize, slack: Duration) -> Row {
    let limits = Dependency::start(Serving::Limits, Some(State::Hang));
    let chain = Chain::start_as(build, workers, limits.address(), |idp| {
        let (mode, delay) = crowd.provider;
        if crowd.asks != Asks::UnknownKeys {
            idp.behave(mode, Duration::from_millis(delay)).unwrap();
        }
    });
    let requests = requests(crowd, &chain, size);
    chain.upstream.answer_with(Answer {
        delay: UPSTREAM,
        ..Answer::text("slow")
    });
    let is_over = AtomicBool::new(false);
    let (members, others) = thread::scope(|scope| {
        let others = scope.spawn(|| others(chain.envoy.address(), &is_over));
        thread::sleep(UPSTREAM / 2);
        let members = streams::send(chain.envoy.address(), 1, requests, PATIENCE);
        is_over.store(true, Ordering::Relaxed);
        (members, others.join().unwrap())
    });
    thread::sleep(WRITTEN);
    let seen = logged(&chain.envoy);
    let slowest = |counts: &dyn Fn(&Logged) -> bool| {
        let chosen = seen.iter().filter(|one| counts(one));
        chosen.max_by_key(|one| one.took)
    };
    let took = |one: Option<&Logged>| one.map_or(Duration::ZERO, |one| one.took);
    let is_other = |one: &Logged| one.target.ends_with("/health");
    let slowest_refused = slowest(&|one| !is_other(one) && one.is_filters());
    let (refused, why) = (
        took(slowest_refused),
        slowest_refused.map_or("none", |one| &one.details),
    );
    let slowest_other = took(slowest(&|one| is_other(one) && one.is_forwarded()));
    // All share the site's quota, which the crowd may use up.
    let failed = others
        .iter()
        .filter(|status| ![Some(200), Some(429)].contains(status))
        .count();
    // What an upstream has no room for is Envoy's answer.
    let is_wrong = |one: &&Logged| !is_other(one) && one.is_filters() && !crowd.may_get.contains(&one.status);
    let wrong = members.iter().filter(|outcome| outcome.status.is_none()).count()
        + seen.iter().filter(is_wrong).count();
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for one in seen.iter().filter(is_wrong) {
        *words.entry(&one.details).or_default() += 1;
    }
    let traps = traps(&chain.envoy);
    // As documented: whoever waits is let go in turn.
    let in_turn = PACE * u32::try_from(size.min(MOST_WAITING_OF_ONE) / MOST_LET_GO).unwrap();
    let bound = Duration::from_millis(crowd.bound) + in_turn;
    Row {
        promise: "a crowd makes no module trap, disturbs nobody else, and is answered in time",
        test: format!(
            "{size} × {}; {}, {}",
            crowd.name,
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!(
            "{traps} traps; {failed} of {} others failed, the slowest took {} ms, {} of them upstream; {wrong} unanswered or wrong {words:?} of \
             {:?}; what filters answered took {} of {} ms ({why})",
            others.len(),
            slowest_other.as_millis(),
            UPSTREAM.as_millis(),
            crowd::statuses(&members),
            refused.as_millis(),
            bound.as_millis(),
        ),
        holds: traps == 0 && wrong == 0 && failed == 0 && refused <= bound + GRACE + slack,
    }
}

fn requests(crowd: &Crowd, chain: &Chain, size: usize) -> Vec<Asked> {
    let token = chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap();
    let asked = |path: &str, token: String, body: Option<Bytes>| Asked {
        path: path.to_owned(),
        token: Some(token),
        body,
        fields: Vec::new(),
    };
    let is_let_in = || {
        let outcomes = streams::send(
            chain.envoy.address(),
            3,
            vec![asked("/geo", token.clone(), None)],
            PATIENCE,
        );
        outcomes.iter().all(|outcome| outcome.status == Some(200))
    };
    match crowd.asks {
        Asks::AtStart => vec![asked("/geo", token, None); size],
        Asks::Bodies => vec![asked("/transform", token, Some(vec![b' '; 65_536].into())); size],
        Asks::Calls => {
            assert!(eventually(Duration::from_secs(10), is_let_in));
            let token = |user: usize| {
                chain
                    .idp
                    .token(&format!("sub={user}&aud=edge&scope=compute"))
                    .unwrap()
            };
            let tokens: Vec<_> = (0..USERS).map(token).collect();
            let users = tokens.into_iter().cycle().take(size);
            users
                .map(|token| asked("/transform", token, Some(Bytes::from_static(b"{}"))))
                .collect()
        }
        Asks::UnknownKeys => {
            assert!(eventually(Duration::from_secs(10), is_let_in));
            // Unknown keys are asked after once in ten seconds.
            thread::sleep(Duration::from_secs(11));
            let (mode, delay) = crowd.provider;
            chain.idp.behave(mode, Duration::from_millis(delay)).unwrap();
            (0..size)
                .map(|number| asked("/geo", unknown_key(number), None))
                .collect()
        }
    }
}

/// Requests that need no token and are at their upstream while the crowd comes, and go on coming until it's gone.
fn others(to: SocketAddr, is_over: &AtomicBool) -> Vec<Option<u16>> {
    let other = Asked {
        path: "/health".to_owned(),
        token: None,
        body: None,
        fields: Vec::new(),
    };
    let mut statuses = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let outcomes = streams::send(to, 2, vec![other.clone(); OTHERS], PATIENCE);
        statuses.extend(outcomes.iter().map(|outcome| outcome.status));
    }
    statuses
}

/// A token of the right issuer that names a key nobody has. Its signature is junk.
pub(super) fn unknown_key(number: usize) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let header = part(format!(r#"{{"alg":"RS256","kid":"nobody-{number}"}}"#));
    let issuer = IdentityProvider::ISSUER;
    let claims = part(format!(
        r#"{{"iss":"{issuer}","aud":"edge","sub":"s","exp":4000000000}}"#
    ));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
}

/// How often a module trapped.
pub(super) fn traps(envoy: &Envoy) -> usize {
    let log = envoy.log();
    ["Uncaught", "panicked"]
        .iter()
        .map(|word| log.matches(word).count())
        .sum()
}

pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// How many others there are at a time: within what the chain lets one client do at once.
const OTHERS: usize = 90;
/// Users who call.
const USERS: usize = 40;
/// How long the upstream takes.
const UPSTREAM: Duration = Duration::from_millis(800);
const PATIENCE: Duration = Duration::from_secs(60);
