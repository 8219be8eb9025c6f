//! Starts a function, and starts it again: for runtimes that serve all requests in one instance, and have no way to end one that
//! loops. Kubernetes' liveness probe does the same; where there is no Kubernetes, this does. It tells Prometheus what
//! happened, for every runtime.
//!
//! ```sh
//! functions-watch --address 127.0.0.1:8080 --answer-ms 1000 --memory-mib 128 -- workerd serve workerd.capnp
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a program that watches a clock and tells what it has done"
)]

mod child;
mod health;
mod metrics;
mod options;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use child::Child;
use metrics::{Cause, Metrics};
use options::Options;

fn main() -> ExitCode {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("functions-watch: {error}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    if let Err(error) = ctrlc::set_handler(|| STOPPED.store(true, Ordering::Relaxed)) {
        eprintln!("functions-watch: {error}");
        return ExitCode::FAILURE;
    }
    if let Err(error) = options.address_space.map_or(Ok(()), child::limit_address_space) {
        eprintln!("functions-watch: --address-space-mib: {error}");
        return ExitCode::FAILURE;
    }
    let metrics = Arc::new(Metrics::new(options.name.clone()));
    if let Some(address) = options.metrics
        && let Err(error) = metrics::serve(address, Arc::clone(&metrics))
    {
        eprintln!("functions-watch: --metrics {address}: {error}");
        return ExitCode::FAILURE;
    }
    let mut pause = SHORTEST_PAUSE;
    while !stopped() {
        let started = Instant::now();
        match Child::start(&options.command) {
            Ok(child) => {
                metrics.on_start(child.id());
                match watch(child, &options, &metrics) {
                    Some((cause, why)) => {
                        metrics.on_end(cause);
                        eprintln!("functions-watch: {why}; starting it again");
                    }
                    None => eprintln!("functions-watch: stopped"),
                }
            }
            Err(error) => eprintln!("functions-watch: {:?}: {error}", options.command),
        }
        // One that fails over and over is tried less and less often.
        pause = match started.elapsed() > LIVED {
            true => SHORTEST_PAUSE,
            false => (pause * 2).min(LONGEST_PAUSE),
        };
        wait(pause);
    }
    ExitCode::SUCCESS
}

/// Until it has ended, by itself or because it had to; says why. `None` where this program was asked to stop.
fn watch(mut child: Child, options: &Options, metrics: &Metrics) -> Option<(Cause, String)> {
    let started = Instant::now();
    let mut last_answer = None;
    // One that may be silent for long needn't be asked often.
    let look = (options.answer / 20).clamp(LOOK, SELDOM);
    loop {
        wait(if last_answer.is_some() { look } else { STARTING });
        if stopped() {
            child.end();
            return None;
        }
        if let Some(status) = child.ended() {
            return Some((Cause::Ended, format!("it has ended ({status})")));
        }
        if let Some(most) = options.memory
            && let Some(taken) = child::memory(child.id())
            && taken > most
        {
            child.end();
            let why = format!("it took {taken} bytes of memory, and may take {most}");
            return Some((Cause::Memory, why));
        }
        if health::answers(options.address, options.answer) {
            if last_answer.is_none() {
                metrics.on_first_answer(started.elapsed());
            }
            last_answer = Some(Instant::now());
        } else if last_answer.map_or(started.elapsed() > START, |last| last.elapsed() > options.answer) {
            child.end();
            return Some((Cause::Silent, "it no longer answers".to_owned()));
        }
    }
}

/// In short sleeps, so that a request to stop is heeded soon.
fn wait(time: Duration) {
    let until = Instant::now() + time;
    while !stopped() && Instant::now() < until {
        std::thread::sleep(time.min(LOOK));
    }
}

fn stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

static STOPPED: AtomicBool = AtomicBool::new(false);
/// Between two looks at it: at least, at most, and before it has answered for the first time.
const LOOK: Duration = Duration::from_millis(50);
const SELDOM: Duration = Duration::from_secs(1);
const STARTING: Duration = Duration::from_millis(5);
/// How long it may take to start.
const START: Duration = Duration::from_secs(30);
/// One that ran for so long was well.
const LIVED: Duration = Duration::from_secs(2);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
