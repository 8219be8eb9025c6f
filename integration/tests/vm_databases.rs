//! geo-routing's module and databases that are broken: whichever it is handed, nothing traps, and the one in use stays in use.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use base64::{Engine, prelude::BASE64_STANDARD};
use integration::{
    module, tables,
    vm::{Answer, Event, Options, Process, Program, Vm, message},
};
use serde_json::json;
use std::{fs, path::Path, time::Duration};

const FOLDERS: [&str; 3] = ["libmaxminddb", "maxminddb-golang", "maxminddb-python"];
/// Broken ones among MaxMind's test databases.
const BROKEN: [&str; 3] = [
    "GeoIP2-City-Test-Invalid-Node-Count",
    "MaxMind-DB-test-broken-pointers-24",
    "MaxMind-DB-test-broken-search-tree-24",
];

/// Names and bytes.
fn corrupt(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = FOLDERS
        .iter()
        .flat_map(|reader| fs::read_dir(folder.join("bad-data").join(reader)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mmdb"))
        .collect();
    assert_eq!(files.len(), 21);
    files.extend(BROKEN.map(|name| folder.join("test-data").join(name).with_extension("mmdb")));
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap())
    };
    files.iter().map(read).collect()
}

/// Databases by which a client from 5.6.7.8 is in this country; made long ago, so that none is older.
fn good(country: &str, made: u64) -> Vec<u8> {
    tables::of(made, &[("5.0.0.0", "5.255.255.255", country)])
}

fn worker(program: &Program, process: &Process) -> Vm {
    let mut vm = Vm::new(program, process, Options::default());
    let configuration = json!({"client": {"database": {"cluster": "files", "path": "/db", "refresh": "1s"}}});
    assert!(
        vm.configure(Some(&configuration.to_string())),
        "{:?}",
        process.log()
    );
    vm
}

/// Lets the worker look for a newer database until it asks for one, and answers with `body`.
fn serve(vm: &mut Vm, body: &[u8]) {
    // Pauses after refusals grow up to a minute, and a quarter more at random.
    for _ in 0..90 {
        vm.run(Duration::from_secs(1));
        if let Some(callout) = vm.take_callouts().pop() {
            return vm.answer(&callout, Answer::http(200, body));
        }
    }
    assert_eq!("a look for a database", "none within 90 seconds");
}

fn country(vm: &mut Vm) -> Option<String> {
    let stream = vm.new_stream();
    vm.set_property(stream, "source.address", "5.6.7.8:1");
    vm.request(stream, Event::message(message::get("/"), &[], None));
    let upstream = vm.upstream(stream).headers?;
    vm.finish(stream);
    let value = upstream.first("x-geo-country")?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn refusals(process: &Process) -> u64 {
    let counters = process.counters();
    let refused = counters
        .iter()
        .filter(|(name, _)| name.contains("database_refused"));
    refused.map(|(_, count)| count).sum()
}

#[test]
fn fetched_ones_are_refused_and_counted() {
    let Some(folder) = http_filter_test::vectors("maxmind") else {
        return;
    };
    let program = Program::load(&module::shipped("geo-routing"));
    let process = Process::default();
    let (mut fetching, mut other) = (worker(&program, &process), worker(&program, &process));
    serve(&mut fetching, &good("DE", 1));
    let rows = corrupt(&folder);
    for (name, bytes) in &rows {
        let before = refusals(&process);
        serve(&mut fetching, bytes);
        assert_eq!(
            refusals(&process),
            before + 1,
            "{name}: {:?}",
            process.log().last()
        );
        assert_eq!(country(&mut fetching).as_deref(), Some("DE"), "{name}");
    }
    other.tick();
    assert_eq!(
        country(&mut other).as_deref(),
        Some("DE"),
        "what was published stays"
    );
    serve(&mut fetching, &good("FR", 2));
    other.tick();
    for vm in [&mut fetching, &mut other] {
        assert_eq!(
            country(vm).as_deref(),
            Some("FR"),
            "a good one after {}",
            rows.len()
        );
    }
}

#[test]
fn inline_ones_are_refused_with_their_path() {
    let Some(folder) = http_filter_test::vectors("maxmind") else {
        return;
    };
    let program = Program::load(&module::shipped("geo-routing"));
    for (name, bytes) in corrupt(&folder) {
        let process = Process::default();
        let mut vm = Vm::new(&program, &process, Options::default());
        let configuration = json!({"client": {"database": {"inline": BASE64_STANDARD.encode(bytes)}}});
        assert!(!vm.configure(Some(&configuration.to_string())), "{name}");
        assert!(
            process.logged("client.database.inline") || process.logged("client[0].database.inline"),
            "{name}: {:?}",
            process.log()
        );
    }
}
