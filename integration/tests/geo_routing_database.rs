//! geo-routing in a real Envoy with a database that is fetched: replaced under load it's picked up and no request fails, it
//! costs nothing while it's unchanged, and it stays when its server goes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests, on the real clock"
)]

use edge_demo::{envoy::Envoy, http::Connection};
use integration::{
    Answer, Door, Files, Regional, Upstream, eventually, module,
    tables::{self, CLIENT, now, placing, sha256sum},
};
use serde_json::json;
use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Served by Envoy's own `file_server`, with a digest beside it, and replaced four times while six clients send requests
/// without a pause: every one is answered, and every worker passes through every version.
#[test]
fn replaced_under_load_without_a_failed_request() {
    const VERSIONS: [(&str, &str); 5] = [
        ("DE", "eu"),
        ("CA", "us"),
        ("AU", "ap"),
        ("FR", "eu"),
        ("US", "us"),
    ];
    let files = Files::default();
    let put = |version: usize| {
        let table = placing(VERSIONS[version].0, version as u64);
        // The digest last: it's what announces the table.
        files.put("world.table", &table);
        files.put("world.table.sha256", sha256sum(&table).as_bytes());
    };
    put(0);
    let proxy = Regional::fetching(
        Files::address(),
        &json!({"sha256_path": "/files/world.table.sha256"}),
    );
    let regional = Regional::with(proxy.beside(files.listener()).workers(2));
    regional.assert_becomes(CLIENT, "eu", "the first one");
    regional.assert_counted("database_loaded", 2, "both workers have it");
    // Until then nobody knew where clients are.
    let unknown = regional.counter("country_unknown");

    let done = AtomicBool::new(false);
    let client = || {
        let mut connection = Connection::open(regional.envoy.address()).unwrap();
        let (mut seen, mut requests, mut slowest) = (Vec::<String>::new(), 0, Duration::ZERO);
        while !done.load(Ordering::Relaxed) {
            let response = connection.send(&Regional::request_from(CLIENT)).unwrap();
            assert_eq!(response.status, 200);
            (requests, slowest) = (requests + 1, slowest.max(response.elapsed));
            if seen.last() != Some(&response.text()) {
                seen.push(response.text());
            }
        }
        (seen, requests, slowest)
    };
    let outcomes = thread::scope(|scope| {
        let clients: Vec<_> = (0..6).map(|_| scope.spawn(client)).collect();
        for version in 1..VERSIONS.len() {
            put(version);
            regional.assert_counted("database_fetched", version as u64 + 1, "the next one");
            // Two workers and the main thread, one of which has fetched it.
            regional.assert_counted(
                "database_loaded",
                (version as u64 + 1) * 2,
                "the others take it up",
            );
        }
        // And once more, for nothing.
        regional.assert_counted("database_not_modified", 1, "an unchanged digest costs no fetch");
        done.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect::<Vec<_>>()
    });
    let expected = VERSIONS.map(|(_, region)| region);
    for (seen, requests, slowest) in &outcomes {
        println!("{requests} requests, the slowest in {slowest:?}");
        assert!(seen.ends_with(&expected.map(str::to_owned)[1..]), "{seen:?}");
        assert!(
            seen.len() <= expected.len(),
            "no worker goes back to an older one: {seen:?}"
        );
    }
    assert_eq!(
        regional.counter("database_fetched"),
        VERSIONS.len() as u64,
        "one fetch per version"
    );
    assert_eq!(regional.counter("country_unknown"), unknown);
}

/// A server that knows conditional requests is asked conditionally, and its 304 costs nothing more.
#[test]
fn an_unchanged_one_is_not_fetched_again() {
    for (name, validator, condition) in [
        ("entity tag", ("etag", "\"one\""), "if-none-match"),
        (
            "date",
            ("last-modified", "Fri, 20 Nov 2026 10:00:00 GMT"),
            "if-modified-since",
        ),
    ] {
        let server = Upstream::start();
        let first = Answer {
            body: vec![placing("DE", 0)],
            ..Answer::default()
        };
        server.answer_with(first.header(validator.0, validator.1));
        let regional = Regional::with(Regional::fetching(server.address(), &json!({})).workers(2));
        regional.assert_becomes(CLIENT, "eu", name);
        server.answer_with(Answer {
            status: 304,
            ..Answer::default()
        });
        regional.assert_counted("database_not_modified", 2, name);
        let asked = server.received();
        let sent = asked.last().unwrap().headers.first(condition).map(<[u8]>::to_vec);
        assert_eq!(sent.as_deref(), Some(validator.1.as_bytes()), "{name}");
        assert_eq!(
            (
                regional.counter("database_fetched"),
                regional.serves(CLIENT).as_str()
            ),
            (1, "eu"),
            "{name}"
        );
    }
}

/// Before Envoy 1.40: a route that answers with the file.
#[test]
fn served_as_a_direct_response() {
    let files = Files::default();
    // Beyond the 4 KiB that such a route serves by default.
    let many: Vec<String> = (0..=255).map(|n| format!("5.{n}.")).collect();
    let ends: Vec<(String, String)> = many
        .iter()
        .flat_map(|start| {
            (0..=255)
                .step_by(3)
                .map(move |n| (format!("{start}{n}.0"), format!("{start}{n}.255")))
        })
        .collect();
    let ranges: Vec<_> = ends
        .iter()
        .map(|(first, last)| (first.as_str(), last.as_str(), "DE"))
        .collect();
    let table = tables::of(now(), &ranges);
    assert!(table.len() > 40_000, "{}", table.len());
    files.put("world.table", &table);
    let proxy = Regional::fetching(Files::address(), &json!({}));
    let regional = Regional::with(proxy.beside(files.fixed_listener("world.table")));
    regional.assert_becomes("5.6.6.8", "eu", "in a range");
    assert_eq!(regional.serves("5.6.7.8"), "us", "between two ranges");
}

/// Before there is a database, requests pass as from nowhere or are put off, as configured; both end by themselves.
#[test]
fn a_server_that_comes_late() {
    let server = Upstream::start();
    server.answer_with(Answer {
        body: vec![placing("DE", 0)],
        ..Answer::default()
    });
    let mut door = Door::closed_to(server.address());
    let lenient = Regional::with(Regional::fetching(door.address(), &json!({})).workers(2));
    let strict =
        Regional::with(Regional::fetching(door.address(), &json!({"on_failure": "reject"})).workers(2));
    for regional in [&lenient, &strict] {
        regional.assert_counted("database_fetch_failed", 1, "the door is closed");
    }
    assert_eq!(lenient.serves(CLIENT), "us", "the fallback serves");
    let (response, upstream) = strict.exchange(&Regional::request_from(CLIENT));
    assert_eq!((response.status, upstream), (503, None));
    assert_eq!(response.header("retry-after").as_deref(), Some("1"));
    door.open();
    for regional in [&lenient, &strict] {
        regional.assert_becomes(CLIENT, "eu", "the door is open");
    }
    // Once it's there, it stays, whatever becomes of the server.
    door.close();
    let failed = strict.counter("database_fetch_failed");
    strict.assert_counted("database_fetch_failed", failed + 1, "the door is closed again");
    assert_eq!(strict.serves(CLIENT), "eu");
}

/// The file that is shipped for it, with its folder exchanged.
#[test]
fn the_shipped_configuration_fetches_and_renews() {
    let (files, eu, us) = (Files::default(), Upstream::start(), Upstream::start());
    let put = |country: &str, seconds: u64| {
        let table = placing(country, seconds);
        files.put("world.table", &table);
        files.put("world.table.sha256", sha256sum(&table).as_bytes());
    };
    put("FR", 0);
    for (upstream, name) in [(&eu, "eu"), (&us, "us")] {
        upstream.answer_with(Answer::text(name));
    }
    let shipped = fs::read_to_string(module::workspace().join("envoy/geo-database.yaml")).unwrap();
    // A client's address by X-Forwarded-For, and two upstreams where the file has one.
    let served = shipped
        .replace(
            "file_path_prefix: dist}",
            &format!("file_path_prefix: {}}}", files.folder().display()),
        )
        .replace("refresh: 1m", "refresh: 1s")
        .replace(
            "use_remote_address: true",
            "use_remote_address: true\n          xff_num_trusted_hops: 1",
        )
        .replacen("address: functions", "address: eu", 1)
        .replacen("address: functions", "address: us", 1);
    let envoy = Envoy::builder(&served)
        .service("eu", eu.address())
        .service("us", us.address())
        .start()
        .unwrap();
    let serves = |region: &str| {
        let request = Regional::request_from(CLIENT);
        eventually(Duration::from_secs(20), || {
            request.send(envoy.address()).unwrap().text() == region
        })
    };
    assert!(serves("eu"), "{}", envoy.log());
    put("CA", 1);
    assert!(serves("us"), "{}", envoy.log());
}
