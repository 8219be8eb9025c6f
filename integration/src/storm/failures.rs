//! Dependencies that fail, at start and in service: what those see who need them, and those who don't.

use super::{
    Build, GRACE, Row,
    access_log::{Logged, WRITTEN, logged},
    crowds::{counted, traps},
    phase::Phase,
    requests::{PATIENCE, asked, get, may_be, sample, well},
    setting::{Kind, Place, SAMPLE, Setting},
};
use crate::crowd;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// What was seen of one dependency in one state.
struct Cell {
    statuses: BTreeSet<u16>,
    slowest: Duration,
    wrong: usize,
    /// How long after its dependency was well again all was as it should be.
    back: Option<Duration>,
}

/// Has every dependency fail in every way, and be well again: a row for each of them, and a table of what was seen, a line
/// for each state. `slack` is what a busy machine may add to bounds.
///
/// # Panics
/// When Envoy doesn't start, or isn't well before anything fails.
pub fn failures(build: Build, workers: usize, phase: Phase, slack: Duration) -> (Vec<Row>, String) {
    let setting = Setting::start(build, workers, phase == Phase::AtStart);
    let mut clients = 0;
    if phase == Phase::InService {
        let back = recover(&setting, Duration::from_secs(20), |place| {
            !place.state.is_configured()
        });
        let lacking: Vec<_> = back
            .iter()
            .filter(|(_, back)| back.is_none())
            .map(|(at, _)| at)
            .collect();
        assert!(
            lacking.is_empty(),
            "never well: {lacking:?}\n{}",
            setting.envoy.log()
        );
        setting.fail(true);
        // Until what is fetched each second has been asked for in vain.
        thread::sleep(Duration::from_millis(1500));
    }
    let applies = |place: &Place| phase == Phase::AtStart || !place.state.is_configured();
    let mut unanswered = 0;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| sample(&setting, &is_over));
        for _ in 0..ROUNDS {
            let mut requests = Vec::new();
            for place in setting.places.iter().filter(|place| applies(place)) {
                requests.extend(asked(&setting, place, &mut clients));
            }
            let outcomes = crowd::send_to(requests, PATIENCE);
            unanswered += outcomes.iter().filter(|outcome| outcome.status.is_none()).count();
            thread::sleep(Duration::from_millis(400));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    thread::sleep(WRITTEN);
    let seen = logged(&setting.envoy);
    setting.fail(false);
    let back = recover(&setting, Duration::from_secs(10), |place| {
        !place.state.is_configured()
    });
    let of = |kind: Kind, place: &Place| {
        let target = format!("/{}?{}", kind.name(), place.name);
        let served: Vec<&Logged> = seen
            .iter()
            .filter(|logged| logged.target.starts_with(&target))
            .collect();
        let wrong = |logged: &&&Logged| {
            let denied = logged.target.ends_with("&denied");
            !may_be(kind, place.state, phase, denied, logged.status)
        };
        Cell {
            statuses: served.iter().map(|logged| logged.status).collect(),
            slowest: slowest(served.iter().copied()),
            wrong: served.iter().filter(wrong).count(),
            back: back.get(&(kind.name(), place.name)).copied().flatten(),
        }
    };
    let cells: Vec<(&Place, Vec<Cell>)> = setting
        .places
        .iter()
        .filter(|place| applies(place))
        .map(|place| (place, Kind::ALL.map(|kind| of(kind, place)).into()))
        .collect();
    let traps = traps(&setting.envoy);
    let others: Vec<&Logged> = seen
        .iter()
        .filter(|logged| logged.target.starts_with("/free?"))
        .collect();
    let disturbed = others.iter().filter(|logged| logged.status != 200).count();
    // How late the machine was, for people who read the figures of a busy one.
    let samples = seen.iter().filter(|logged| logged.target == "/sample");
    let busy = slowest(samples).saturating_sub(SAMPLE);
    let rows = Kind::ALL.into_iter().enumerate().map(|(column, kind)| {
        let mut broken = Vec::new();
        let (mut slow, mut recovered) = (Duration::ZERO, Duration::ZERO);
        for (place, cells) in &cells {
            let Some(cell) = cells.get(column) else { continue };
            slow = slow.max(cell.slowest);
            recovered = recovered.max(cell.back.unwrap_or_default());
            let late = cell.slowest > kind.bound() + GRACE + slack;
            let is_back = place.state.is_configured() || cell.back.is_some_and(|back| back <= BACK + slack);
            if cell.wrong > 0 || late || !is_back || cell.statuses.is_empty() {
                broken.push(format!("{} {:?} {:?}", place.name, cell.statuses, cell.slowest));
            }
        }
        Row {
            promise: promise(kind),
            test: format!(
                "{} in {} states {}; {}, {}",
                kind.name(),
                cells.len(),
                phase.name(),
                build.name(),
                counted(workers, "worker"),
            ),
            figure: format!(
                "slowest {} ms of {} ms; well {:.1} s after it is; others: {} of {} failed; timers up to {} ms late; {traps} traps{}",
                slow.as_millis(),
                kind.bound().as_millis(),
                recovered.as_secs_f32(),
                disturbed,
                others.len(),
                busy.as_millis(),
                broken.iter().fold(String::new(), |text, state| text + "; **" + state + "**"),
            ),
            holds: broken.is_empty() && traps == 0 && disturbed == 0 && unanswered == 0 && !others.is_empty(),
        }
    });
    (rows.collect(), lines(phase, &cells))
}

/// What is promised of a dependency that fails.
fn promise(kind: Kind) -> &'static str {
    match kind {
        Kind::Keys => "without keys 503 within `wait`, never a pass; keys that were had serve on",
        Kind::DenyList => "without its list 503 within `wait`, never a pass; a list that was had serves on",
        Kind::Database => "without a database what `on_failure` says, at once; one that was had serves on",
        Kind::Limits => "without a rate limit service each Envoy counts by itself, within `timeout`",
        Kind::Upstream => {
            "whatever an upstream says or doesn't, its request alone suffers, within the route's timeout"
        }
    }
}

fn lines(phase: Phase, cells: &[(&Place, Vec<Cell>)]) -> String {
    let mut lines = String::new();
    for (place, cells) in cells {
        let _ = write!(lines, "| {} | {} |", phase.name(), place.name);
        for cell in cells {
            let statuses: Vec<_> = cell.statuses.iter().map(u16::to_string).collect();
            let _ = write!(
                lines,
                " {} in {} ms |",
                statuses.join(", "),
                cell.slowest.as_millis()
            );
        }
        lines.push('\n');
    }
    lines
}

/// Asks until all is well: how long it took by dependency and state.
fn recover(
    setting: &Setting,
    limit: Duration,
    counts: impl Fn(&Place) -> bool,
) -> BTreeMap<(&'static str, &'static str), Option<Duration>> {
    let started = Instant::now();
    let mut back = BTreeMap::new();
    for place in setting.places.iter().filter(|place| counts(place)) {
        for kind in Kind::ALL {
            back.insert((kind.name(), place.name), None);
        }
    }
    while started.elapsed() < limit && back.values().any(Option::is_none) {
        let mut asked = Vec::new();
        let mut requests = Vec::new();
        for place in setting.places.iter().filter(|place| counts(place)) {
            for kind in Kind::ALL {
                if back.get(&(kind.name(), place.name)).is_some_and(Option::is_none) {
                    let token = setting.tokens.first().map(String::as_str);
                    let token = token.filter(|_| matches!(kind, Kind::Keys | Kind::DenyList));
                    // Always the same client: where no service is asked, its second request is over its quota.
                    let target = format!("/{}?again-{}", kind.name(), place.name);
                    asked.push((kind, place.name));
                    requests.push((
                        setting.address(&place.listener(kind)),
                        get(&target, "5.255.255.255", token),
                    ));
                }
            }
        }
        let outcomes = crowd::send_to(requests, PATIENCE);
        for ((kind, place), outcome) in asked.into_iter().zip(outcomes) {
            if outcome.status == Some(well(kind, false)) {
                back.insert((kind.name(), place), Some(started.elapsed()));
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
    back
}

fn slowest<'a>(logged: impl Iterator<Item = &'a Logged>) -> Duration {
    logged.map(|logged| logged.took).max().unwrap_or_default()
}

/// Rounds of requests while all fails.
const ROUNDS: usize = 4;
/// How soon all is well when dependencies are: the documented 2.5 s, and the time that asking takes.
const BACK: Duration = Duration::from_millis(3_000);
