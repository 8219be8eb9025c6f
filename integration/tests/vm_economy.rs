//! What a request costs in host calls, filter by filter: each that returns bytes is half a microsecond in Envoy. The
//! bounds are for the simplest request that the filter has something to do for; a change that adds a call must say so
//! here. `cargo test -p integration --test vm_economy -- --nocapture` prints the table.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use http_filter::Headers;
use integration::{
    module,
    vm::{Event, Options, Process, Program, Vm, message},
};
use std::{fmt::Write, time::Duration};

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
    let mut table = String::from("one request and its response\n");
    let mut over = Vec::new();
    for row in rows() {
        let mut vm = start(&row);
        for _ in 0..10 {
            vm.reset_counts();
            exchange(&row, &mut vm);
        }
        // By now everything is set up that is set up once.
        let calls = vm.hostcalls();
        let all: u64 = calls.values().sum();
        let returning = calls.iter().filter(|(name, _)| returns_bytes(name));
        let bytes: u64 = returning.map(|(_, times)| times).sum();
        writeln!(
            table,
            "  {:24} {all} host calls (at most {}), {bytes} of them return bytes (at most {}); {} instructions",
            row.filter, row.most, row.most_bytes, vm.instructions()
        )
        .unwrap();
        for (name, times) in &calls {
            writeln!(table, "      {times} {name}").unwrap();
        }
        if all > row.most || bytes > row.most_bytes || vm.instructions() > MOST_INSTRUCTIONS {
            over.push(row.filter);
        }
    }
    println!("{table}");
    assert!(over.is_empty(), "more than allowed: {over:?}\n{table}");
}

/// Twice what the dearest filter needs. Most of it is the snapshot's memory and the SDK's own maps.
const MOST_INSTRUCTIONS: u64 = 250_000;

/// Memory never shrinks, so what a request leaves behind stays for good.
#[test]
fn requests_leave_nothing_behind() {
    for row in rows() {
        let mut vm = start(&row);
        let mut after = |requests: usize| {
            for _ in 0..requests {
                exchange(&row, &mut vm);
            }
            vm.memory()
        };
        let before = after(200);
        assert_eq!(after(2000), before, "{}: memory has grown", row.filter);
    }
}

fn start(row: &Row) -> Vm {
    let process = Process::default();
    // When the token of RFC 7515 was good.
    process.set_clock(Duration::from_secs(1_300_819_000));
    let program = Program::load(&module::shipped(row.filter));
    let options = Options {
        stop_iteration: true,
        ..Options::default()
    };
    let mut vm = Vm::new(&program, &process, options);
    assert!(
        vm.configure(Some(row.configuration)),
        "{}: {:?}",
        row.filter,
        process.log()
    );
    vm
}

fn exchange(row: &Row, vm: &mut Vm) {
    let stream = vm.new_stream();
    vm.set_property(stream, "source.address", "192.0.2.1:4711");
    let request = extended(message::get("/"), &row.request);
    vm.request(stream, Event::message(request, &[], None));
    assert!(
        vm.upstream(stream).complete,
        "{}: {:?}",
        row.filter,
        vm.client(stream)
    );
    let response = extended(message::status(200), &row.response);
    vm.respond(stream, Event::message(response, &[b"body"], None));
    assert!(vm.client(stream).complete, "{}", row.filter);
    vm.finish(stream);
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
            configuration: r#"{"policies": {"per_client": {"requests": 1000000, "per": "1m"}}}"#,
            request: vec![],
            response: vec![],
            most: 8,
            most_bytes: 3,
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
