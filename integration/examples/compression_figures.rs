//! What encoding costs and gains in this filter and in Envoy's own compressors, in one run: `cargo run -p integration
//! --example compression_figures`, with the modules of `make wasm wasm-featured`. The project's own prose and sources go
//! through all of them in turns; what is compared is Envoy's CPU time, above what it takes to pass them on as they are.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for people who measure"
)]

use edge_demo::{
    envoy::Envoy,
    http::{Connection, Request},
};
use integration::{
    Answer,
    compressing::{Compressing, Way},
    module,
};
use serde_json::json;
use std::{fs, path::Path};

const ROUNDS: usize = 3;
const REQUESTS: usize = 8;
/// Of Linux, on every machine that there is.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() {
    let body = texts();
    let compressing = Compressing::start(&json!(true));
    let answer = Answer {
        body: vec![body.clone()],
        ..Answer::default()
    };
    compressing
        .upstream
        .answer_with(answer.header("content-type", "text/plain"));
    let rows = [
        (Way::Plain, "identity"),
        (Way::Native, "gzip"),
        (Way::Negotiate, "gzip"),
        (Way::Encode, "gzip"),
        (Way::EncodeAll, "gzip"),
        (Way::Native, "zstd"),
        (Way::Negotiate, "zstd"),
        (Way::EncodeAll, "zstd"),
        (Way::Native, "br"),
        (Way::Negotiate, "br"),
        (Way::EncodeAll, "br"),
    ];
    let mut times = vec![Vec::new(); rows.len()];
    let mut sizes = vec![0; rows.len()];
    for round in 0..=ROUNDS {
        for (row, (way, coding)) in rows.iter().enumerate() {
            let (time, size) = fetch(&compressing, *way, coding);
            // The first round warms up.
            if round > 0 {
                times[row].push(time);
                sizes[row] = size;
            }
        }
    }
    let megabytes = (REQUESTS * body.len()) as f64 / 1e6;
    let median = |row: usize| {
        let mut times = times[row].clone();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    println!(
        "{} bytes, {REQUESTS} requests in each of {ROUNDS} rounds, medians",
        body.len()
    );
    for (row, (way, coding)) in rows.iter().enumerate().skip(1) {
        let spent = median(row) - median(0);
        println!(
            "{:10} {coding:8} ratio {:5.2}  {:6.1} ms/MB of CPU, {:5.1} MB/s",
            format!("{way:?}"),
            body.len() as f64 / sizes[row] as f64,
            spent * 1e3 / megabytes,
            megabytes / spent.max(1e-9)
        );
    }
}

/// Envoy's CPU time for some requests, in seconds, and the size of a response's body.
fn fetch(compressing: &Compressing, way: Way, coding: &str) -> (f64, usize) {
    let mut connection = Connection::open(compressing.address(way)).unwrap();
    let request = Request::get("/").header("accept-encoding", coding);
    let (before, mut size) = (cpu(&compressing.envoy), 0);
    for _ in 0..REQUESTS {
        let response = connection.send(&request).unwrap();
        assert_eq!(
            response
                .header("content-encoding")
                .as_deref()
                .unwrap_or("identity"),
            coding
        );
        size = response.body.len();
    }
    (cpu(&compressing.envoy) - before, size)
}

fn cpu(envoy: &Envoy) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", envoy.id())).unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    ticks as f64 / TICKS_PER_SECOND
}

/// The READMEs and sources of the crates.
fn texts() -> Vec<u8> {
    fn collect(folder: &Path, texts: &mut Vec<u8>) {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                collect(&path, texts);
            } else if path.extension().is_some_and(|end| end == "md" || end == "rs") {
                texts.extend(fs::read(path).unwrap());
            }
        }
    }
    let mut texts = Vec::new();
    collect(&module::workspace().join("crates"), &mut texts);
    texts.truncate(1_000_000);
    texts
}
