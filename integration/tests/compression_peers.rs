//! The README's tables of what peers do, held by sending the same to them: Envoy's own compressors, nginx, Caddy,
//! tower-http, and compression-negotiation before the compressors of Envoy.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests; the table is to be seen"
)]

use integration::{
    Answer, Caddy, Nginx, TowerHttp,
    codings::{self, Fetched, HTTP_1, curl},
    compressing::{Compressing, Way},
};
use serde_json::json;
use std::{fs, net::SocketAddr};

/// In the README's order.
struct Peers {
    compressing: Compressing,
    nginx: Nginx,
    caddy: Caddy,
    tower_http: TowerHttp,
}

impl Peers {
    fn start() -> Option<Self> {
        const WHAT: &str = "what peers do";
        if !codings::programs_are_here(WHAT) {
            return None;
        }
        let compressing = Compressing::start(&json!(true));
        let upstream = compressing.upstream.address();
        let nginx = Nginx::start(WHAT, |address, _| {
            format!(
                "gzip on; gzip_proxied any; gzip_min_length 256;
                server {{ listen {address}; location / {{ proxy_pass http://{upstream}; proxy_http_version 1.1; }} }}"
            )
        })?;
        let directives = format!("encode zstd gzip {{\n minimum_length 256\n}}\nreverse_proxy {upstream}");
        Some(Self {
            caddy: Caddy::start(WHAT, &directives)?,
            tower_http: TowerHttp::start(upstream),
            compressing,
            nginx,
        })
    }

    /// What each makes of it, one cell each.
    fn cells(&self, arguments: &[&str], cell: impl Fn(&Fetched) -> String) -> String {
        let addresses: [SocketAddr; 5] = [
            self.compressing.address(Way::Negotiate),
            self.compressing.address(Way::Native),
            self.nginx.address(),
            self.caddy.address(),
            self.tower_http.address(),
        ];
        let cells = addresses.map(|address| {
            let fetched = curl(address, "/", &[&[HTTP_1], arguments].concat());
            assert_eq!(fetched.exit, 0, "{arguments:?}: {fetched:?}");
            cell(&fetched)
        });
        cells.join(" | ")
    }
}

fn page() -> Answer {
    Answer::text(&"<p>a page of some length</p>\n".repeat(200)).header("content-type", "text/html")
}

fn coding(fetched: &Fetched) -> String {
    fetched.field("content-encoding").unwrap_or("plain").to_owned()
}

fn field(name: &'static str) -> impl Fn(&Fetched) -> String {
    move |fetched| {
        fetched
            .field(name)
            .map_or("–".to_owned(), |value| format!("`{value}`"))
    }
}

#[track_caller]
fn assert_documented(rows: &[String]) {
    let readme = integration::module::workspace().join("crates/compression-negotiation/README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let missing: Vec<_> = rows
        .iter()
        .filter(|row| !readme.lines().any(|line| line.starts_with(row.as_str())))
        .collect();
    println!("{}", rows.join("\n"));
    assert!(
        missing.is_empty(),
        "the README has no lines that begin so:\n{missing:#?}"
    );
}

#[test]
fn what_they_choose() {
    let Some(peers) = Peers::start() else { return };
    peers.compressing.upstream.answer_with(page());
    let rows = [
        "GZIP",
        "x-gzip",
        "gzip;q=0, *",
        "zstd;q=0.1, *",
        "gzip;q=0.5, *;q=0.8",
        "identity;q=1, gzip;q=0.5",
        "gzip;Q=0",
        "gzip;level=9;q=0",
        "gzip;q=2",
    ]
    .map(|accept| {
        let header = format!("accept-encoding: {accept}");
        format!("| `{accept}` | {} |", peers.cells(&["-H", &header], coding))
    });
    assert_documented(&rows);
}

#[test]
fn what_they_make_of_responses() {
    let Some(peers) = Peers::start() else { return };
    let gzip = ["-H", "accept-encoding: gzip"];
    let of = |answer: Answer, arguments: &[&str], cell: &dyn Fn(&Fetched) -> String| {
        peers.compressing.upstream.answer_with(answer);
        peers.cells(arguments, cell)
    };
    let part = Answer {
        status: 206,
        ..page()
    }
    .header("content-range", "bytes 0-5799/9999");
    let rows = [
        (
            "strong ETag `\"x\"`, when encoded",
            of(page().header("etag", "\"x\""), &gzip, &field("etag")),
        ),
        (
            "`Accept-Ranges: bytes`, when encoded",
            of(
                page().header("accept-ranges", "bytes"),
                &gzip,
                &field("accept-ranges"),
            ),
        ),
        (
            "`Content-MD5: AA==`, when encoded",
            of(page().header("content-md5", "AA=="), &gzip, &field("content-md5")),
        ),
        (
            "`Vary` of the same, plain",
            of(page(), &["-H", "accept-encoding: identity"], &field("vary")),
        ),
        (
            "`Cache-Control: no-transform`",
            of(page().header("cache-control", "no-transform"), &gzip, &coding),
        ),
        (
            "206 to a request with `Range`",
            of(part, &[gzip[0], gzip[1], "-H", "range: bytes=0-5799"], &coding),
        ),
        (
            "`Content-Length` of HEAD, which GET hasn't",
            of(page(), &[gzip[0], gzip[1], "-I"], &field("content-length")),
        ),
    ];
    assert_documented(&rows.map(|(name, cells)| format!("| {name} | {cells} |")));
}
