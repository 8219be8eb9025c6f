//! compression-negotiation in a real Envoy: a thousand streams that take their time are encoded within the memory that the
//! configuration gives, and what finds no room goes plain; all of them whole.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests; the figures are to be seen"
)]

use edge_demo::envoy::Envoy;
use integration::{
    Answer, Proxy, Upstream,
    codings::{self, decoded},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

const STREAMS: usize = 1000;
const LINES: usize = 30;

/// The resident memory of a process, in KiB.
fn resident(envoy: &Envoy) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", envoy.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

/// Asks for as many streams at a time, looks at memory while they all run, and reads them to their ends.
fn stream(to: SocketAddr, coding: &str, look: impl Fn() -> u64) -> (u64, Vec<Vec<u8>>) {
    let request =
        format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\naccept-encoding: {coding}\r\n\r\n");
    let mut clients: Vec<TcpStream> = (0..STREAMS)
        .map(|_| {
            let mut client = TcpStream::connect(to).unwrap();
            client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            client.write_all(request.as_bytes()).unwrap();
            client
        })
        .collect();
    // The first bytes of each are here: all of them are on their way.
    let mut first = vec![[0; 1]; STREAMS];
    for (client, byte) in clients.iter_mut().zip(&mut first) {
        client.read_exact(byte).unwrap();
    }
    thread::sleep(Duration::from_millis(500));
    let seen = look();
    let responses = clients.iter_mut().zip(first).map(|(client, first)| {
        let mut response = first.to_vec();
        client.read_to_end(&mut response).unwrap();
        response
    });
    (seen, responses.collect())
}

/// Head and body; the body without the framing of chunks.
fn parts(response: &[u8]) -> (String, Vec<u8>) {
    let at = response
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&response[..at]).into_owned();
    assert!(
        head.starts_with("HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(response)
    );
    let (mut rest, mut body) = (&response[at + 4..], Vec::new());
    loop {
        let line = rest.windows(2).position(|bytes| bytes == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return (head, body);
        }
        body.extend(&rest[line + 2..line + 2 + size]);
        rest = &rest[line + 4 + size..];
    }
}

#[test]
fn a_thousand_slow_streams_stay_within_memory() {
    if !codings::programs_are_here("a thousand slow streams") {
        return;
    }
    let upstream = Upstream::start();
    let chunks: Vec<Vec<u8>> = (0..LINES)
        .map(|at| {
            format!("<p>line {at} of a slow page</p>\n")
                .repeat(30)
                .into_bytes()
        })
        .collect();
    let slow = Answer {
        body: chunks.clone(),
        pause: Duration::from_millis(100),
        ..Answer::default()
    };
    upstream.answer_with(slow.header("content-type", "text/html"));
    for (module, coding, memory) in [
        ("compression-negotiation", "gzip", 16 << 20),
        ("compression-negotiation-all-codings", "zstd", 64 << 20),
    ] {
        let configuration = json!({"encode": {"memory": memory}});
        let envoy = Proxy::default()
            .wasm(
                "compression-negotiation",
                &integration::module::shipped(module),
                &configuration,
                json!({}),
            )
            .start(&upstream);
        let idle = resident(&envoy);
        let (plain, responses) = stream(envoy.address(), "identity", || resident(&envoy));
        assert!(
            responses
                .iter()
                .all(|response| parts(response).1 == chunks.concat())
        );
        let (encoding, responses) = stream(envoy.address(), coding, || resident(&envoy));
        let mut codings = BTreeMap::<bool, usize>::new();
        let mut sample = None;
        for response in &responses {
            let (head, body) = parts(response);
            let is_encoded = head.contains(&format!("content-encoding: {coding}"));
            *codings.entry(is_encoded).or_default() += 1;
            if !is_encoded {
                assert!(body == chunks.concat());
                continue;
            }
            // All were made alike; a thousand runs of the decoder say no more than one does.
            if sample.as_ref() != Some(&body) {
                assert!(decoded(coding, &body).unwrap() == chunks.concat());
                sample = Some(body);
            }
        }
        let encoded = codings.get(&true).copied().unwrap_or_default();
        println!(
            "{module}, {coding}, memory {} MiB: idle {} MiB, {STREAMS} plain streams {} MiB, {encoded} of {STREAMS} encoded {} MiB",
            memory >> 20,
            idle >> 10,
            plain >> 10,
            encoding >> 10
        );
        let counters = envoy.admin().filter_counters().unwrap();
        let refused = counters.get("compression_negotiation.skipped_memory");
        assert!(encoded > 0 && refused.is_some(), "{module}: {counters:?}");
        let grown = encoding.saturating_sub(plain) << 10;
        let bound = memory + SLACK;
        assert!(
            grown < bound,
            "{module}: {grown} bytes more than for plain streams, {bound} allowed"
        );
    }
}

/// What the allocators on either side of the sandbox may keep for themselves.
const SLACK: u64 = 24 << 20;
