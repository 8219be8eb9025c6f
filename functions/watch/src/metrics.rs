//! What is known of the program that is watched, in Prometheus' text format.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use crate::child;

/// Why a program is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It has ended by itself: a trap, a lack of memory, a mistake.
    Ended,
    /// It was ended, for it no longer answered.
    Silent,
    /// It was ended, for it took too much memory.
    Memory,
}

/// What happened to the program called `name` since the watch began.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    name: String,
    starts: AtomicU64,
    ends: [AtomicU64; 3],
    answers: AtomicBool,
    /// The process that runs; 0 while none does.
    process: AtomicU32,
    /// From the last start to the first answer; `None` before it.
    start: RwLock<Option<Duration>>,
    /// When the last start was, since the Unix epoch.
    started: RwLock<Duration>,
}

impl Metrics {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// It has been started, as this process.
    pub(crate) fn on_start(&self, process: u32) {
        self.starts.fetch_add(1, Relaxed);
        self.process.store(process, Relaxed);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        *self.started.write().unwrap_or_else(PoisonError::into_inner) = now.unwrap_or_default();
    }

    /// It has answered for the first time, so long after its start.
    pub(crate) fn on_first_answer(&self, after: Duration) {
        self.answers.store(true, Relaxed);
        *self.start.write().unwrap_or_else(PoisonError::into_inner) = Some(after);
    }

    /// It is gone.
    pub(crate) fn on_end(&self, cause: Cause) {
        self.answers.store(false, Relaxed);
        self.process.store(0, Relaxed);
        if let Some(ends) = self.ends.get(cause as usize) {
            ends.fetch_add(1, Relaxed);
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let name = self.name.replace('\\', "\\\\").replace('"', "\\\"");
        let mut metric = |metric: &str, kind: &str, help: &str, values: &[(String, f64)]| {
            // A string takes all that is written to it.
            let _ = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} {kind}");
            for (labels, value) in values {
                let _ = writeln!(text, "{metric}{{function=\"{name}\"{labels}}} {value}");
            }
        };
        let one = |value: f64| [(String::new(), value)];
        let count = |number: &AtomicU64| number.load(Relaxed) as f64;
        let starts = one(count(&self.starts));
        metric(
            "function_starts_total",
            "counter",
            "How often it was started.",
            &starts,
        );
        let causes = CAUSES.iter().zip(&self.ends);
        let ends: Vec<_> = causes
            .map(|(cause, number)| (format!(",cause=\"{cause}\""), count(number)))
            .collect();
        let help = "How often it ended, by itself, or because it was silent or took too much memory.";
        metric("function_ends_total", "counter", help, &ends);
        let up = one(f64::from(u8::from(self.answers.load(Relaxed))));
        metric("function_up", "gauge", "Whether it runs and has answered.", &up);
        let start = *self.start.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(start) = start {
            let help = "From its last start to its first answer.";
            metric("function_start_seconds", "gauge", help, &one(start.as_secs_f64()));
        }
        let started = *self.started.read().unwrap_or_else(PoisonError::into_inner);
        let help = "When it was started last, since the Unix epoch.";
        metric(
            "function_start_time_seconds",
            "gauge",
            help,
            &one(started.as_secs_f64()),
        );
        if let Some(bytes) = child::memory(self.process.load(Relaxed)) {
            let help = "What it has of the machine's memory.";
            metric(
                "function_resident_memory_bytes",
                "gauge",
                help,
                &one(bytes as f64),
            );
        }
        text
    }
}

/// Tells them to whoever asks at this address, as long as this program runs.
pub(crate) fn serve(address: SocketAddr, metrics: Arc<Metrics>) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who doesn't wait for the answer has none.
            let _ = answer(stream, &metrics);
        }
    });
    Ok(())
}

fn answer(mut stream: TcpStream, metrics: &Metrics) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < MAX_HEAD {
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            read => head.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let (status, body) = match head.starts_with(b"GET /metrics ") {
        true => ("200 OK", metrics.text()),
        false => ("404 Not Found", String::new()),
    };
    let length = body.len();
    let kind = "text/plain; version=0.0.4";
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// As [`Cause`] has them.
const CAUSES: [&str; 3] = ["ended", "silent", "memory"];
const PATIENCE: Duration = Duration::from_secs(2);
const MAX_HEAD: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_told() {
        let metrics = Metrics::new("a \"name\"".to_owned());
        let told = |line: &str| metrics.text().lines().any(|told| told == line);
        assert!(told("function_starts_total{function=\"a \\\"name\\\"\"} 0"));
        assert!(!metrics.text().contains("resident"), "nothing runs");

        metrics.on_start(std::process::id());
        assert!(told("function_up{function=\"a \\\"name\\\"\"} 0"), "started");
        metrics.on_first_answer(Duration::from_millis(250));
        for line in [
            "function_starts_total{function=\"a \\\"name\\\"\"} 1",
            "function_up{function=\"a \\\"name\\\"\"} 1",
            "function_start_seconds{function=\"a \\\"name\\\"\"} 0.25",
        ] {
            assert!(told(line), "{line}: {}", metrics.text());
        }
        assert_eq!(metrics.text().contains("resident"), cfg!(target_os = "linux"));

        metrics.on_end(Cause::Silent);
        for line in [
            "function_ends_total{function=\"a \\\"name\\\"\",cause=\"ended\"} 0",
            "function_ends_total{function=\"a \\\"name\\\"\",cause=\"silent\"} 1",
            "function_up{function=\"a \\\"name\\\"\"} 0",
        ] {
            assert!(told(line), "{line}: {}", metrics.text());
        }
    }
}
