//! What a fetched database costs a real Envoy in memory, with one, two and four workers: its resident memory with the
//! database, less that of the same Envoy whose server has none. Every worker and the main thread have a copy, shared data
//! has one. `cargo test -p integration --test geo_routing_memory -- --nocapture` prints the figures; with
//! `GEO_DATABASE=<file>` they are those of another database than the one made here.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests, on the real clock"
)]

use geo_database::{Country, TableBuilder};
use integration::{Files, Regional, tables};
use serde_json::json;
use std::{fs, net::Ipv4Addr, thread, time::Duration};

/// A table of 200,000 networks, about half a megabyte.
fn large_table() -> Vec<u8> {
    let countries: Vec<Country> = Country::all().collect();
    let mut builder = TableBuilder::new("test", tables::now() - 1000);
    for number in 0..200_000u32 {
        let first = (1 << 24) + number * 0x2000;
        let spread = number.wrapping_mul(0x9e37_79b9);
        let country = countries.get(spread as usize % countries.len()).copied();
        builder.add(
            Ipv4Addr::from(first).into(),
            Ipv4Addr::from(first + 0x0fff).into(),
            country,
        );
    }
    builder.build()
}

/// Resident memory, in KiB, of an Envoy with so many workers, once all of them have taken the database up, if there is one.
fn resident(workers: usize, database: Option<&[u8]>) -> u64 {
    let files = Files::default();
    if let Some(database) = database {
        files.put("world.table", database);
    }
    let proxy = Regional::fetching(
        Files::address(),
        &json!({"refresh": "1h", "max_size": "32MiB", "timeout": "10s"}),
    );
    let regional = Regional::with(proxy.beside(files.listener()).workers(workers));
    match database {
        // One has fetched it; the others and the main thread take it up.
        Some(_) => regional.assert_counted("database_loaded", workers as u64, "all workers have it"),
        None => regional.assert_counted("database_fetch_failed", 1, "there is none"),
    }
    for _ in 0..100 * workers {
        assert_ne!(regional.serves(tables::CLIENT), "503");
    }
    thread::sleep(Duration::from_millis(300));
    let status = fs::read_to_string(format!("/proc/{}/status", regional.envoy.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn memory_grows_by_the_database_once_per_worker() {
    let database = std::env::var_os("GEO_DATABASE").map_or_else(large_table, |file| fs::read(file).unwrap());
    let size = database.len() as u64 >> 10;
    println!("a database of {size} KiB");
    for workers in [1, 2, 4] {
        let (without, with) = (resident(workers, None), resident(workers, Some(&database)));
        let copies = workers as u64 + 1;
        let grown = with.saturating_sub(without);
        println!(
            "{workers} workers: {without} KiB without, {with} KiB with, {} KiB for each of {copies} VMs",
            grown / copies
        );
        // The copy itself, its index, what it took to get there, and the one in shared data.
        let most = copies * (size * 5 / 2 + 2048) + size * 3;
        assert!(
            grown < most,
            "{workers} workers: {grown} KiB more, at most {most}"
        );
    }
}
