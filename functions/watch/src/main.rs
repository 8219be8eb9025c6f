//! Starts a function, and starts it again: for runtimes that serve all requests in one instance, and have no way to end one that
//! loops. Kubernetes' liveness probe does the same; where there is no Kubernetes, this does.
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
mod options;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use child::Child;
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
    let mut pause = SHORTEST_PAUSE;
    while !stopped() {
        let started = Instant::now();
        match Child::start(&options.command) {
            Ok(child) => eprintln!("functions-watch: {}", watch(child, &options)),
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

/// Until it has ended, by itself or because it had to; says why.
fn watch(mut child: Child, options: &Options) -> String {
    let mut answered = false;
    let mut last_answer = Instant::now();
    loop {
        wait(LOOK);
        if stopped() {
            child.end();
            return "stopped".to_owned();
        }
        if let Some(status) = child.ended() {
            return format!("it has ended ({status}); starting it again");
        }
        if let Some(most) = options.memory
            && let Some(taken) = child.memory()
            && taken > most
        {
            child.end();
            return format!("it took {taken} bytes of memory, and may take {most}; starting it again");
        }
        if health::answers(options.address, options.answer) {
            answered = true;
            last_answer = Instant::now();
        } else if last_answer.elapsed() > if answered { options.answer } else { START } {
            child.end();
            return "it no longer answers; starting it again".to_owned();
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
/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(50);
/// How long it may take to start.
const START: Duration = Duration::from_secs(30);
/// One that ran for so long was well.
const LIVED: Duration = Duration::from_secs(2);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
