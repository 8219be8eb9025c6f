//! The program itself: what it watches is started again, and what happened is told at `/metrics`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test, which waits for a process"
)]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Ends it with the test.
struct Watch(Child);

impl Watch {
    fn start(function: SocketAddr, metrics: SocketAddr, command: &[&str]) -> Self {
        let mut watch = Command::new(env!("CARGO_BIN_EXE_functions-watch"));
        watch
            .args(["--address", &function.to_string(), "--answer-ms", "300"])
            .args(["--metrics", &metrics.to_string(), "--name", "sample", "--"])
            .args(command);
        Self(watch.spawn().unwrap())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let process = self.0.id().to_string();
        let _ = Command::new("kill").arg(process).status();
        let _ = self.0.wait();
    }
}

#[test]
fn what_ends_is_started_again_and_counted() {
    let (function, metrics) = (free_address(), free_address());
    let _watch = Watch::start(function, metrics, &["false"]);
    let told = |name: &str| value(metrics, name).unwrap_or_default();
    assert!(
        eventually(|| told("function_ends_total{function=\"sample\",cause=\"ended\"}") >= 2.0),
        "{}",
        ask(metrics, "/metrics").unwrap_or_default()
    );
    assert!(told("function_starts_total{function=\"sample\"}") >= 2.0);
    assert_eq!(told("function_up{function=\"sample\"}"), 0.0);
    assert!(ask(metrics, "/").unwrap().starts_with("HTTP/1.1 404"));
}

/// What answers here is the test, in place of a program that only sleeps.
#[test]
fn what_answers_is_up_until_it_is_silent() {
    let (function, metrics) = (free_address(), free_address());
    let answers = Arc::new(AtomicBool::new(true));
    serve_health(function, Arc::clone(&answers));
    let _watch = Watch::start(function, metrics, &["sleep", "60"]);
    let told = |name: &str| value(metrics, &format!("{name}{{function=\"sample\"}}"));
    assert!(eventually(|| told("function_up") == Some(1.0)));
    assert!(told("function_start_seconds").unwrap() < 30.0);
    assert!(told("function_start_time_seconds").unwrap() > 1.0e9);
    assert!(told("function_resident_memory_bytes").unwrap() > 0.0);

    answers.store(false, Ordering::Relaxed);
    let silent = "function_ends_total{function=\"sample\",cause=\"silent\"}";
    assert!(eventually(|| value(metrics, silent) == Some(1.0)));
    assert_eq!(told("function_up"), Some(0.0));
}

/// 200 to every request, or 503.
fn serve_health(address: SocketAddr, answers: Arc<AtomicBool>) {
    let listener = TcpListener::bind(address).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let status = match answers.load(Ordering::Relaxed) {
                true => "200 OK",
                false => "503 Service Unavailable",
            };
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        }
    });
}

fn value(metrics: SocketAddr, name: &str) -> Option<f64> {
    let text = ask(metrics, "/metrics")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}

fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())
        .ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    Some(text)
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}
