//! What crowds and failing dependencies do to the shipped chain in a real Envoy, as a table: promise, test, figure, verdict.
//!
//!   storm [FILE]    writes the table there too
//!
//! `STORM_CROWD` is the size of a crowd (7,000), `STORM_WORKERS` lists numbers of workers (1,4).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for tests, on the real clock"
)]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge_demo::idp::IdentityProvider;
use integration::{
    Answer, Chain,
    crowd::{self, Outcome},
    eventually,
};
use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

struct Row {
    promise: &'static str,
    test: String,
    figure: String,
    holds: bool,
}

/// Who comes all at once.
#[derive(Clone, Copy)]
enum Crowd {
    UnknownKeys,
    KeysDoNotCome,
    KeysComeLate,
}

impl Crowd {
    const ALL: [(Self, &'static str); 3] = [
        (
            Self::UnknownKeys,
            "junk tokens of the right issuer with unknown keys, the provider answers after 200 ms",
        ),
        (
            Self::KeysDoNotCome,
            "valid tokens at start, the provider answers 500",
        ),
        (
            Self::KeysComeLate,
            "valid tokens at start, the provider answers after 700 ms",
        ),
    ];

    fn start(self, workers: usize) -> Chain {
        Chain::start_with(workers, |idp| match self {
            Self::UnknownKeys => {}
            Self::KeysDoNotCome => idp.behave("500", Duration::ZERO).unwrap(),
            Self::KeysComeLate => idp.behave("ok", Duration::from_millis(700)).unwrap(),
        })
    }

    fn requests(self, chain: &Chain, size: usize) -> Vec<String> {
        let token = token(chain);
        if matches!(self, Self::UnknownKeys) {
            assert!(eventually(Duration::from_secs(10), || ask(chain, &token, 1) == [Some(200)]));
            // Unknown keys are asked after once in ten seconds.
            std::thread::sleep(Duration::from_secs(11));
            chain.idp.behave("ok", Duration::from_millis(200)).unwrap();
            return (0..size).map(|number| get(&unknown_key(number))).collect();
        }
        vec![get(&token); size]
    }

    /// What its members may be answered.
    fn may_get(self) -> &'static [u16] {
        match self {
            Self::UnknownKeys => &[401, 429, 503],
            Self::KeysDoNotCome => &[503],
            // Beyond the quota of a client, and beyond the places of those who wait.
            Self::KeysComeLate => &[200, 429, 503],
        }
    }
}

fn token(chain: &Chain) -> String {
    chain.idp.token("sub=alice&aud=edge&scope=compute").unwrap()
}

fn get(token: &str) -> String {
    format!("GET /geo HTTP/1.1\r\nhost: edge\r\nauthorization: Bearer {token}\r\n\r\n")
}

fn ask(chain: &Chain, token: &str, times: usize) -> Vec<Option<u16>> {
    let outcomes = crowd::send(chain.envoy.address(), vec![get(token); times], PATIENCE);
    outcomes.into_iter().map(|outcome| outcome.status).collect()
}

fn unknown_key(number: usize) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let header = part(format!(r#"{{"alg":"RS256","kid":"nobody-{number}"}}"#));
    let issuer = IdentityProvider::ISSUER;
    let claims = part(format!(
        r#"{{"iss":"{issuer}","aud":"edge","sub":"s","exp":4000000000}}"#
    ));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
}

fn traps(chain: &Chain) -> usize {
    chain.envoy.log().matches("Uncaught").count()
}

fn storm(crowd: Crowd, name: &str, workers: usize, size: usize) -> Row {
    let chain = crowd.start(workers);
    let requests = crowd.requests(&chain, size);
    chain.upstream.answer_with(Answer {
        delay: Duration::from_millis(800),
        ..Answer::text("slow")
    });
    let others = vec!["GET /health HTTP/1.1\r\nhost: edge\r\n\r\n".to_owned(); OTHERS];
    let outcomes = crowd::send(chain.envoy.address(), [others, requests].concat(), PATIENCE);
    let (others, members) = outcomes.split_at(OTHERS);
    // All come from one address, so the crowd may use up the quota that they share.
    let fails =
        |allowed: &[u16], outcome: &&Outcome| !outcome.status.is_some_and(|status| allowed.contains(&status));
    let disturbed = others.iter().filter(|other| fails(&[200, 429], other)).count();
    let wrong = members
        .iter()
        .filter(|member| fails(crowd.may_get(), member))
        .count();
    let traps = traps(&chain);
    Row {
        promise: "a crowd makes no module trap and disturbs nobody else",
        test: format!("{size} × {name}; {workers} workers; {OTHERS} others in flight"),
        figure: format!(
            "{traps} traps, {disturbed} others failed, {wrong} unanswered or wrong; {:?}; slowest {:.1} s",
            crowd::statuses(members),
            crowd::slowest(members).as_secs_f32()
        ),
        holds: traps == 0 && disturbed == 0 && wrong == 0,
    }
}

/// What the provider does at start, and whether keys are had when it no longer does.
fn provider(mode: &str, workers: usize) -> Row {
    let chain = Chain::start_with(workers, |idp| idp.behave(mode, Duration::ZERO).unwrap());
    let token = token(&chain);
    let early = ask(&chain, &token, 50);
    let let_in = early.iter().filter(|status| **status != Some(503)).count();
    chain.idp.behave("ok", Duration::ZERO).unwrap();
    let back = Instant::now();
    let recovers = eventually(Duration::from_secs(90), || ask(&chain, &token, 1) == [Some(200)]);
    let traps = traps(&chain);
    Row {
        promise: "without keys, 503 and nothing else; with them, all is well again",
        test: format!("the provider at start: {mode}; {workers} workers; 50 valid tokens"),
        figure: format!(
            "{let_in} answered otherwise, {traps} traps; keys {:.1} s after it is back",
            back.elapsed().as_secs_f32()
        ),
        holds: let_in == 0 && traps == 0 && recovers,
    }
}

fn table(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let verdict = if row.holds { "holds" } else { "**broken**" };
        format!(
            "| {} | {} | {} | {verdict} |\n",
            row.promise, row.test, row.figure
        )
    };
    let lines: String = rows.iter().map(line).collect();
    format!("| promise | test | figure | verdict |\n|---|---|---|---|\n{lines}")
}

fn main() -> ExitCode {
    let variable = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let size = variable("STORM_CROWD", "7000").parse().unwrap();
    let mut rows = Vec::new();
    for workers in variable("STORM_WORKERS", "1,4").split(',') {
        let workers = workers.parse().unwrap();
        for (crowd, name) in Crowd::ALL {
            rows.push(storm(crowd, name, workers, size));
        }
        for mode in ["down", "slow", "500", "garbage", "truncated", "huge", "html"] {
            rows.push(provider(mode, workers));
        }
    }
    let table = table(&rows);
    println!("{table}");
    if let Some(file) = std::env::args().nth(1) {
        std::fs::write(&file, [PROSE, &table].concat()).unwrap();
    }
    if rows.iter().all(|row| row.holds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Requests that need no token and are at their upstream while the crowd comes.
const OTHERS: usize = 90;
const PATIENCE: Duration = Duration::from_secs(30);
const PROSE: &str = "\
# What crowds and failing dependencies do

`make storm` starts the shipped chain (`envoy/chain.yaml`) in a real Envoy for each row, does what the row says, and writes this
table. Times are those of the machine it ran on; no verdict depends on them. `STORM_CROWD` sets the size of a crowd,
`STORM_WORKERS` the numbers of workers.

";
