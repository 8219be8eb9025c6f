//! A compression dictionary's way (RFC 9842) through a real Envoy: served once, kept by the client and by all workers, and the next
//! version of it encoded with it, decoded by the program `zstd`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests; the figure is to be seen"
)]

use base64::{Engine, prelude::BASE64_STANDARD};
use integration::{
    Answer, Proxy, Upstream,
    codings::{self, Fetched, HTTP_1, curl, decoded, run},
    module,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{fs, net::SocketAddr, process::Stdio};

/// A script, and the next version of it, in which two functions are edited.
fn versions() -> [String; 2] {
    let function = |at: usize| {
        let constant = at * 7919 % 10_007;
        format!(
            "export function part{at}(list) {{ return list.filter((item) => item.id !== {constant}); }}\n"
        )
    };
    let old: String = (0..1500).map(function).collect();
    let new = old
        .replace("part700(list) {", "part700(list, other) { if (!other) return [];")
        .replace("part1200(list)", "renamed(list)");
    [old, new]
}

fn script(body: &str) -> Answer {
    Answer::text(body)
        .header("content-type", "text/javascript")
        .header("etag", "\"x\"")
}

/// As a browser asks by HTTPS, which a proxy in front of Envoy ended.
fn fetch(to: SocketAddr, client: &str, path: &str, dictionary: Option<&str>) -> Fetched {
    let available = dictionary.map(|dictionary| {
        let digest = BASE64_STANDARD.encode(Sha256::digest(dictionary));
        format!("available-dictionary: :{digest}:")
    });
    let mut arguments = vec![client, "-H", "x-forwarded-proto: https"];
    arguments.extend(["-H", "accept-encoding: gzip, br, zstd, dcb, dcz"]);
    arguments.extend([
        "-H",
        "sec-fetch-site: same-origin",
        "-H",
        "sec-fetch-dest: script",
    ]);
    if let Some(available) = &available {
        arguments.extend(["-H", available]);
    }
    curl(to, path, &arguments)
}

#[test]
fn the_next_version_costs_what_was_edited() {
    if !codings::programs_are_here("dictionaries") {
        return;
    }
    let upstream = Upstream::start();
    let [old, new] = versions();
    let configuration = json!({
        "encode": true,
        "dictionaries": {"resources": {"path": "/app.*.js", "for": "/app.*.js", "destinations": "script"}},
    });
    let module = module::shipped("compression-negotiation-all-codings");
    let envoy = Proxy::default()
        .workers(2)
        .wasm("compression-negotiation", &module, &configuration, json!({}))
        .start(&upstream);

    upstream.answer_with(script(&old));
    let first = fetch(envoy.address(), HTTP_1, "/app.1.js", None);
    assert_eq!(
        first.field("content-encoding"),
        Some("zstd"),
        "{:?}",
        first.fields
    );
    let expected = r#"match="/app.*.js", match-dest=("script")"#;
    assert_eq!(first.field("use-as-dictionary"), Some(expected));
    assert_eq!(decoded("zstd", &first.body).unwrap(), old.as_bytes());

    upstream.answer_with(script(&new));
    let plain = fetch(envoy.address(), HTTP_1, "/app.2.js", None);
    assert_eq!(decoded("zstd", &plain.body).unwrap(), new.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let [dictionary, encoded] = ["dictionary", "encoded"].map(|name| folder.path().join(name));
    fs::write(&dictionary, &old).unwrap();
    // Connections go to either worker, and only one of them has seen the dictionary pass.
    for number in 0..8 {
        let second = fetch(envoy.address(), HTTP_1, "/app.2.js", Some(&old));
        let name = format!("{number}: {:?}", second.fields);
        assert_eq!(
            (second.exit, second.field("content-encoding")),
            (0, Some("dcz")),
            "{name}"
        );
        assert_eq!(
            second.field("vary"),
            Some("Accept-Encoding, Available-Dictionary"),
            "{name}"
        );
        assert_eq!(second.field("etag"), Some("W/\"x\""), "{name}");
        fs::write(&encoded, &second.body).unwrap();
        let arguments = [
            "-d".as_ref(),
            "-c".as_ref(),
            "-D".as_ref(),
            dictionary.as_os_str(),
            encoded.as_os_str(),
        ];
        let text = run("zstd", arguments, Stdio::null()).unwrap();
        assert!(text == new.as_bytes(), "{name}");
        let sizes = (new.len(), plain.body.len(), second.body.len());
        assert!(sizes.2 * 20 < sizes.1, "{name}: plain, zstd, dcz: {sizes:?}");
        println!("{name}: plain, zstd, dcz: {sizes:?}");
    }
    // Of a dictionary that it never saw it makes nothing.
    let unknown = fetch(envoy.address(), HTTP_1, "/app.2.js", Some("another"));
    assert_eq!(unknown.field("content-encoding"), Some("zstd"));
}
