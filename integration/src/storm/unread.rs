//! Clients who don't read what they asked for.

use super::{
    Build, Dependency, Row, Serving,
    content::noise,
    crowds::{counted, traps},
    soak::resident_kib,
};
use crate::{Answer, Chain, crowd};
use std::{
    io::Write,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// Clients who ask for a megabyte and never read it.
///
/// # Panics
/// When the chain doesn't start.
pub fn unread(build: Build, workers: usize, clients: usize) -> Row {
    let limits = Dependency::start(Serving::Limits, None);
    let chain = Chain::start_as(build, workers, limits.address(), |_| {});
    let to = chain.envoy.address();
    let before = resident_kib(chain.envoy.id());
    chain.upstream.answer_with(Answer {
        body: vec![noise(1_000_000)],
        ..Answer::text("").header("content-type", "text/plain")
    });
    let mut silent = Vec::new();
    for number in 0..clients {
        let mut stream = TcpStream::connect(to).unwrap();
        let coding = ["gzip", "br", "zstd", "identity"][number % 4];
        let _ = stream.write_all(
            format!("GET /asset/{number} HTTP/1.1\r\nhost: edge\r\naccept-encoding: {coding}\r\n\r\n")
                .as_bytes(),
        );
        silent.push(stream);
    }
    thread::sleep(Duration::from_secs(2));
    let during = resident_kib(chain.envoy.id());
    chain.upstream.answer_with(Answer::text("well"));
    let started = Instant::now();
    let others = crowd::send(
        to,
        vec!["GET /health HTTP/1.1\r\nhost: edge\r\n\r\n".to_owned(); 50],
        Duration::from_secs(5),
    );
    let took = started.elapsed();
    drop(silent);
    let failed = others
        .iter()
        .filter(|other| !matches!(other.status, Some(200 | 429)))
        .count();
    let traps = traps(&chain.envoy);
    Row {
        promise: "clients who don't read cost what their buffers may hold, and disturb nobody",
        test: format!(
            "{clients} clients ask for 1 MB and don't read; {}, {}",
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!(
            "{traps} traps; {failed} of {} others failed, all answered within {} ms; resident {} MiB before, {} MiB with them",
            others.len(),
            took.as_millis(),
            before / 1024,
            during / 1024,
        ),
        holds: traps == 0 && failed == 0,
    }
}
