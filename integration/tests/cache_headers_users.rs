//! Nothing of one user's in another's cache: two users, kinds of responses, and real caches in front of Envoy, whose cache-headers
//! has its defaults. The table is `cache_headers_users.yaml`; what each cell came to stands in `docs/caches.md`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests; the table is what they show"
)]

use edge_demo::http::Request;
use integration::{Answer, Cached, CachingProxy, Upstream, module};
use serde::Deserialize;
use serde_json::json;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    net::SocketAddr,
    time::{SystemTime, UNIX_EPOCH},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    kinds: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    name: String,
    path: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    own: bool,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    request: BTreeMap<String, String>,
    /// What the first and the second user's requests have besides: one of them may ask for a part.
    #[serde(default)]
    first: BTreeMap<String, String>,
    #[serde(default)]
    second: BTreeMap<String, String>,
    /// In the order in which they are sent: nginx up to 1.22 goes by it. A list is so many lines.
    headers: serde_yaml_ng::Mapping,
    #[serde(default)]
    hit: Hits,
}

/// The caches that answer the second user themselves.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Hits {
    #[default]
    None,
    All(String),
    Some(Vec<String>),
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> u16 {
    200
}

#[test]
fn the_second_user_never_gets_what_is_the_firsts() {
    let table: Table = serde_yaml_ng::from_str(include_str!("cache_headers_users.yaml")).unwrap();
    let cached = Cached::start(&json!({}), |proxy| proxy);
    let mut columns: Vec<(&str, Vec<Cell>)> = Vec::new();
    cached.before_each(&CachingProxy::NAMES, |name, address| {
        columns.push((name, cells(&table, &cached.upstream, address)));
    });
    let page = page(&table, &columns);
    println!("{page}");
    let mut wrong = Vec::new();
    for (cache, cells) in &columns {
        for (kind, cell) in table.kinds.iter().zip(cells) {
            let expected = !kind.own && kind.is_hit_by(cache);
            if cell.with != expected {
                wrong.push(format!(
                    "{cache}: {}: the second user was answered by {}",
                    kind.name,
                    cell.with_word()
                ));
            }
        }
        // A cache that keeps nothing of anybody shows nothing.
        let leaks = table
            .kinds
            .iter()
            .zip(cells)
            .filter(|(kind, cell)| kind.own && cell.without);
        assert!(
            leaks.count() > 0,
            "{cache} gives nothing away without the filter either"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    if columns.len() == CachingProxy::NAMES.len() + Cached::ENVOYS.len() {
        let path = module::workspace().join("docs/caches.md");
        if std::env::var_os("EDGE_BLESS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            written, page,
            "docs/caches.md is out of date: EDGE_BLESS=1 writes it anew"
        );
    }
}

/// Whether the cache itself answered the second user.
struct Cell {
    with: bool,
    without: bool,
}

impl Cell {
    fn with_word(&self) -> &'static str {
        if self.with { "the cache" } else { "the origin" }
    }
}

fn cells(table: &Table, upstream: &Upstream, address: &dyn Fn(&str) -> SocketAddr) -> Vec<Cell> {
    let cell = |(number, kind): (usize, &Kind)| Cell {
        without: kind.play(number, "without", address("without"), upstream),
        with: kind.play(number, "with", address("with"), upstream),
    };
    table.kinds.iter().enumerate().map(cell).collect()
}

impl Kind {
    fn is_hit_by(&self, cache: &str) -> bool {
        match &self.hit {
            Hits::None => false,
            Hits::All(word) => word == "all",
            Hits::Some(names) => names.iter().any(|name| name == cache),
        }
    }

    /// Two users, one after the other: whether the second got what the first did, without the origin being asked.
    fn play(&self, number: usize, host: &str, cache: SocketAddr, upstream: &Upstream) -> bool {
        let mut hit = false;
        for (user, besides) in [("anne", &self.first), ("bob", &self.second)] {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
            let date = http_fields::http_date::format(i64::try_from(since).unwrap());
            let mut answer = Answer::text(user).header("date", date).header("x-user", user);
            answer.status = self.status;
            answer.in_parts = true;
            for (name, value) in &self.headers {
                let lines = value
                    .as_sequence()
                    .map_or(std::slice::from_ref(value), Vec::as_slice);
                for line in lines {
                    let line = line.as_str().unwrap().replace("{user}", user);
                    answer = answer.header(name.as_str().unwrap(), line);
                }
            }
            upstream.answer_with(answer);
            upstream.received();
            // Each kind has a path of its own, so that caches don't mix them up.
            let path = format!("/{number}{}", self.path);
            let mut request = Request::new(&self.method, &path).header("host", host);
            for (name, value) in self.request.iter().chain(besides) {
                request = request.header(name, value.replace("{user}", user));
            }
            let response = request.send(cache).unwrap();
            let is_part = self.status == 200 && response.header("content-range").is_some();
            let status = if is_part { 206 } else { self.status };
            assert_eq!(response.status, status, "{}: {}", self.name, response.text());
            hit = response.header("x-user").as_deref() != Some(user);
            assert_eq!(hit, upstream.received().is_empty(), "{}", self.name);
            if !response.body.is_empty() {
                assert_eq!(!user.starts_with(&response.text()), hit, "{}", self.name);
            }
        }
        hit
    }
}

/// The table as a page.
fn page(table: &Table, columns: &[(&str, Vec<Cell>)]) -> String {
    let mut page = "# Who gets what from caches in front\n\n\
        Two users ask for the same, one after the other, through a cache in front of Envoy. cache-headers has its defaults. Each cell\n\
        says who answered the second user: the origin, or the cache with what the first user got (**hit**); in brackets, what happens\n\
        without the filter, where that differs. Caches look everything up and have no settings beyond that. Generated and held by\n\
        `integration/tests/cache_headers_users.rs`.\n\n| response |"
        .to_owned();
    for (name, _) in columns {
        write!(page, " {name} |").unwrap();
    }
    page += "\n|---|";
    page += &"---|".repeat(columns.len());
    for own in [true, false] {
        let of_whom = if own { "one user's own" } else { "for all" };
        write!(page, "\n| *{of_whom}* |{}", " |".repeat(columns.len())).unwrap();
        for (row, kind) in table.kinds.iter().enumerate().filter(|(_, kind)| kind.own == own) {
            write!(page, "\n| {} |", kind.name).unwrap();
            for (_, cells) in columns {
                let word = |hit: bool| if hit { "**hit**" } else { "origin" };
                let cell = &cells[row];
                let without = if cell.with == cell.without {
                    String::new()
                } else {
                    format!(" ({})", word(cell.without))
                };
                write!(page, " {}{without} |", word(cell.with)).unwrap();
            }
        }
    }
    page + "\n"
}
