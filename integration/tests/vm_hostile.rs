//! Clients, upstreams and users at their worst, on every filter's shipped module under every configuration that its cases
//! have: nothing may trap, and no stream may hang. What the filter decides is not looked at here.
#![allow(
    clippy::print_stdout,
    reason = "shown where a test fails: under which configuration"
)]

use http_filter::OneOrMany;
use http_filter_test::{
    Case,
    case::{Exchange, Request, Response, Text},
};
use integration::{
    module,
    vm::{Options, Process, Program, Replay, Vm, configurations},
};
use std::collections::{BTreeMap, BTreeSet};

type Fields = BTreeMap<String, OneOrMany<Text>>;

#[test]
fn jwt_auth() {
    besiege("jwt-auth");
}

#[test]
fn rate_limit() {
    besiege("rate-limit");
}

#[test]
fn geo_routing() {
    besiege("geo-routing");
}

#[test]
fn compression_negotiation() {
    besiege("compression-negotiation");
}

#[test]
fn cache_headers() {
    besiege("cache-headers");
}

fn besiege(filter: &str) {
    let program = Program::load(&module::shipped(filter));
    let cases = configurations(filter);
    let names = names(&cases);
    for mut case in cases {
        println!("under the configuration of: {}", case.name);
        case.exchanges = exchanges(&names);
        for stop_iteration in [true, false] {
            let options = Options {
                stop_iteration,
                ..Options::default()
            };
            assert_eq!(
                Replay::case(filter, &program, &case, &options),
                Vec::<String>::new()
            );
        }
    }
}

/// Every field that the cases know of, in requests or responses.
fn names(cases: &[Case]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ["authorization", "cookie", "x-forwarded-for"]
        .map(Into::into)
        .into();
    for exchange in cases.iter().flat_map(Case::exchanges) {
        names.extend(exchange.request.headers.into_keys());
        names.extend(exchange.response.headers.into_keys());
    }
    names.retain(|name| !name.starts_with(':'));
    names
}

fn exchanges(names: &BTreeSet<String>) -> Vec<Exchange> {
    let long = "a".repeat(60 * 1024);
    let all = |lines: &[&[u8]]| -> Fields {
        let lines: Vec<Text> = lines.iter().map(|line| Text(line.to_vec())).collect();
        names
            .iter()
            .map(|name| (name.clone(), OneOrMany(lines.clone())))
            .collect()
    };
    let many: Fields = (0..1000)
        .map(|n| (format!("x-{n}"), OneOrMany(vec![Text(b"1".to_vec())])))
        .collect();
    let besieged = [
        all(&[b"\xff\xfe\x80"]),
        all(&[b""]),
        all(&[b" \t, ;=\"\\"]),
        all(&[b"one", b"two"]),
        all(&[b"Bearer a.b.c", b"Bearer a.b.c"]),
        all(&[format!("Bearer {long}").as_bytes()]),
        all(&[long.as_bytes()]),
        all(&[format!("Bearer {0}.{0}.{0}", "e30".repeat(1000)).as_bytes()]),
        all(&[b"99999999999999999999999999999"]),
        all(&[b"-1, 1e400, 0x10, NaN"]),
        all(&[",".repeat(8 * 1024).as_bytes()]),
        all(&[b"\"".repeat(1000).as_slice()]),
        many,
    ];
    let mut exchanges: Vec<_> = besieged
        .into_iter()
        .map(|headers| exchange(Request::default(), headers))
        .collect();
    let paths = [
        "",
        "*",
        "/%ff%00%0d%0aset-cookie:%20a=b",
        "/?access_token=\r",
        "//../%2e%2e/",
        "/%",
        "?",
        "#",
    ];
    let paths = paths.into_iter().map(ToOwned::to_owned);
    for path in paths.chain([format!("/{long}"), format!("/?{}", "a=b&".repeat(10_000))]) {
        exchanges.push(exchange(
            Request {
                path,
                ..Request::default()
            },
            Fields::new(),
        ));
    }
    for method in ["HEAD", "OPTIONS", "CONNECT", "PURGE", "\u{fffd}"] {
        exchanges.push(exchange(
            Request {
                method: method.into(),
                ..Request::default()
            },
            Fields::new(),
        ));
    }
    for authority in ["", ":", "[::1", "a:99999", "\u{fffd}"] {
        exchanges.push(exchange(
            Request {
                authority: authority.into(),
                ..Request::default()
            },
            Fields::new(),
        ));
    }
    exchanges
}

/// An exchange in which both sides misbehave in the same way.
fn exchange(request: Request, headers: Fields) -> Exchange {
    Exchange {
        at: None,
        repeat: 1,
        peer: None,
        properties: BTreeMap::from([("source.address".into(), Text(b"not an address".to_vec()))]),
        request: Request {
            headers: headers.clone(),
            body: Some(Text(vec![0xff; 1000])),
            ..request
        },
        response: Response {
            status: 200,
            headers,
            body: OneOrMany(vec![
                Text(Vec::new()),
                Text(vec![0xff; 100_000]),
                Text(b"end".to_vec()),
            ]),
        },
        expect: Default::default(),
    }
}

/// No configuration, an empty one and `{}` are the same; what is no configuration is refused, and says so.
#[test]
fn configurations_that_are_none() {
    let deep = "[".repeat(100_000);
    let wide = format!(r#"{{"{}": 1}}"#, "a".repeat(1_000_000));
    for filter in module::FILTERS {
        let program = Program::load(&module::shipped(filter));
        let accepts = |configuration: Option<&str>| {
            let process = Process::default();
            let mut vm = Vm::new(&program, &process, Options::default());
            let accepted = vm.configure(configuration);
            assert!(
                accepted || process.logged("the configuration is refused"),
                "{filter}: silent"
            );
            accepted
        };
        let none = accepts(None);
        assert_eq!((accepts(Some("")), accepts(Some("{}"))), (none, none), "{filter}");
        for refused in ["{", "[]", "7", "\"text\"", "\u{0}", "{\"\": {}}", &deep, &wide] {
            let shown: String = refused.chars().take(20).collect();
            assert!(!accepts(Some(refused)), "{filter}: {shown}");
        }
    }
}
