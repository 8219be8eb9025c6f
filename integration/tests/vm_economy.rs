//! What a request costs in host calls, filter by filter: each that returns bytes is half a microsecond in Envoy. The
//! bounds are for the simplest request that the filter has something to do for; a change that adds a call must say so
//! here. `cargo test -p integration --test vm_economy -- --nocapture` prints the table.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use http_filter::Headers;
use integration::{
    module,
    vm::{Event, Options, Process, Program, Vm, message},
};
use std::{collections::BTreeMap, fmt::Write, time::Duration};

struct Row {
    filter: &'static str,
    configuration: &'static str,
    request: Vec<(&'static str, &'static str)>,
    response: Vec<(&'static str, &'static str)>,
    /// The most host calls that the request and its response may make, in all.
    most: u64,
    /// The most of them that return bytes.
    most_bytes: u64,
}

#[test]
fn the_simplest_request_makes_few_host_calls() {
    let mut table = String::from("host calls of one request and its response\n");
    let mut over = Vec::new();
    for row in rows() {
        let calls = measure(&row);
        let all: u64 = calls.values().sum();
        let bytes: u64 = calls
            .iter()
            .filter(|(name, _)| returns_bytes(name))
            .map(|(_, times)| times)
            .sum();
        writeln!(
            table,
            "  {:24} {all:2} (at most {}), {bytes} return bytes (at most {})",
            row.filter, row.most, row.most_bytes
        )
        .unwrap();
        for (name, times) in &calls {
            writeln!(table, "  {:24}    {times:2} {name}", "").unwrap();
        }
        if all > row.most || bytes > row.most_bytes {
            over.push(row.filter);
        }
    }
    println!("{table}");
    assert!(over.is_empty(), "more than allowed: {over:?}\n{table}");
}

/// The calls of the tenth request: by then everything is set up that is set up once.
fn measure(row: &Row) -> BTreeMap<&'static str, u64> {
    let process = Process::default();
    // When the token of RFC 7515 was good.
    process.set_clock(Duration::from_secs(1_300_819_000));
    let program = Program::load(&module::shipped(row.filter));
    let mut vm = Vm::new(
        &program,
        &process,
        Options {
            stop_iteration: true,
            ..Options::default()
        },
    );
    assert!(
        vm.configure(Some(row.configuration)),
        "{}: {:?}",
        row.filter,
        process.log()
    );
    for _ in 0..10 {
        vm.reset_hostcalls();
        let stream = vm.new_stream();
        vm.set_property(stream, "source.address", "192.0.2.1:4711");
        vm.request(
            stream,
            Event::message(extended(message::get("/"), &row.request), &[], None),
        );
        let upstream = vm.upstream(stream);
        assert!(upstream.complete, "{}: {:?}", row.filter, vm.client(stream));
        vm.respond(
            stream,
            Event::message(extended(message::status(200), &row.response), &[b"body"], None),
        );
        assert!(vm.client(stream).complete, "{}", row.filter);
        vm.finish(stream);
    }
    vm.hostcalls()
}

fn extended(headers: Headers, fields: &[(&str, &str)]) -> Headers {
    fields.iter().fold(headers, |headers, (name, value)| {
        message::with(&headers, name, *value)
    })
}

fn returns_bytes(name: &str) -> bool {
    ["pairs", "value", "bytes", "property", "shared_data", "foreign"]
        .iter()
        .any(|part| name.contains(part) && (name.contains("_get_") || name.contains("_call_")))
}

fn rows() -> Vec<Row> {
    vec![
        Row {
            filter: "jwt-auth",
            // A token seen before, by the key of RFC 7515, appendix A.3.
            configuration: r#"{
                "providers": {"joe": {"issuer": "joe", "algorithms": "ES256", "headers": {"x-user": "iss"}, "jwks": {"keys": [{
                    "kty": "EC", "crv": "P-256",
                    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
                }]}}},
                "rules": [{"require": "joe"}]
            }"#,
            request: vec![(
                "authorization",
                concat!(
                    "Bearer eyJhbGciOiJFUzI1NiJ9.",
                    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
                    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
                ),
            )],
            response: vec![],
            most: 7,
            most_bytes: 1,
        },
        Row {
            filter: "rate-limit",
            configuration: r#"{"policies": {"per_client": {"requests": 1000, "per": "1m"}}}"#,
            request: vec![],
            response: vec![],
            most: 9,
            most_bytes: 4,
        },
        Row {
            filter: "geo-routing",
            configuration: r#"{
                "client": [{"header": "x-country", "trust": "anyone"}],
                "regions": {"eu": {"cluster": "edge-eu", "at": [50.1, 8.7]}, "us": {"cluster": "edge-us", "at": [39, -77.5]}},
                "fallback": "us",
                "rules": [{"route": "nearest"}]
            }"#,
            request: vec![("x-country", "DE")],
            response: vec![],
            most: 9,
            most_bytes: 3,
        },
        Row {
            filter: "compression-negotiation",
            configuration: "{}",
            request: vec![("accept-encoding", "gzip, deflate, br, zstd")],
            response: vec![("content-type", "text/html"), ("content-length", "4")],
            most: 6,
            most_bytes: 2,
        },
        Row {
            filter: "cache-headers",
            configuration: r#"{"rules": [{"match": {"path": "/*"}, "browser": {"max_age": "1m"}}]}"#,
            request: vec![],
            response: vec![("content-type", "text/html"), ("content-length", "4")],
            most: 7,
            most_bytes: 3,
        },
    ]
}
