//! Who lets which spelling of a refused path through: gates in front, and what real servers take the path for that they are given. The
//! spellings and servers are those of `http-fields`; what came of it stands in `docs/spellings.md`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use edge_demo::{envoy::Envoy, http::Request};
use http_fields::path::normal_form;
use http_filter::PathPattern;
use integration::{Nginx, Proxy, Upstream, bootstrap, module};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    net::SocketAddr,
};

/// Everything below it is refused to requests without a token, or to all.
const REFUSED: &str = "/admin/*";

/// What each server takes each spelling for, in Latin-1.
fn servers() -> BTreeMap<String, BTreeMap<String, String>> {
    let path = module::workspace().join("crates/http-fields/tests/servers.json");
    let record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let resources = |said: &Value| {
        let said = said["resources"].as_object().unwrap().iter();
        said.filter_map(|(path, resource)| Some((path.clone(), resource.as_str()?.to_owned())))
            .collect()
    };
    let record = record.as_object().unwrap().iter();
    record
        .map(|(server, said)| (server.clone(), resources(said)))
        .collect()
}

fn is_refused(resource: &str) -> bool {
    let bytes: Vec<u8> = resource
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    REFUSED
        .parse::<PathPattern>()
        .unwrap()
        .matches(&normal_form(&bytes), false)
}

/// The connection manager's settings for paths.
fn normalised(listener: Value, merges: bool, escaped_slashes: &str) -> Value {
    let mut listener = listener;
    let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
    manager["normalize_path"] = json!(true);
    manager["merge_slashes"] = json!(merges);
    manager["path_with_escaped_slashes_action"] = json!(escaped_slashes);
    listener
}

fn jwt_authn() -> Value {
    json!({"name": "jwt_authn", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
        "providers": {"p": {"issuer": "i", "local_jwks": {"inline_string": JWKS}}},
        "rules": [{"match": {"prefix": "/admin/"}, "requires": {"provider_name": "p"}}],
    }})
}

/// What an AuthorizationPolicy with `action: DENY` and `paths: ["/admin/*"]` becomes.
fn rbac() -> Value {
    json!({"name": "rbac", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
        "rules": {"action": "DENY", "policies": {"admin": {
            "permissions": [{"url_path": {"path": {"prefix": "/admin/"}}}],
            "principals": [{"any": true}],
        }}},
    }})
}

fn ours() -> Value {
    json!({
        "providers": {"p": {"issuer": "i", "jwks": serde_json::from_str::<Value>(JWKS).unwrap()}},
        "rules": [{"match": {"path": REFUSED}, "require": "p"}, {"allow": "anyone"}],
    })
}

const JWKS: &str =
    r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

#[test]
fn who_lets_which_spelling_through() {
    let upstream = Upstream::start();
    let listener = |name: &str, filter: Value| Proxy::default().http_filter(filter).listener(name);
    let jwt_auth = |name: &str| Proxy::default().filter("jwt-auth", &ours()).listener(name);
    let listeners = vec![
        listener("jwt_authn", jwt_authn()),
        normalised(
            listener("jwt_authn, normalised", jwt_authn()),
            true,
            "UNESCAPE_AND_REDIRECT",
        ),
        normalised(listener("Istio, BASE", rbac()), false, "KEEP_UNCHANGED"),
        normalised(
            listener("Istio, DECODE_AND_MERGE_SLASHES", rbac()),
            true,
            "UNESCAPE_AND_FORWARD",
        ),
        jwt_auth("jwt-auth"),
        normalised(jwt_auth("jwt-auth, normalised"), true, "UNESCAPE_AND_REDIRECT"),
    ];
    let names: Vec<String> = listeners
        .iter()
        .map(|listener| listener["name"].as_str().unwrap().to_owned())
        .collect();
    let clusters = Proxy::default().all_clusters(&upstream);
    let envoy = Envoy::start(&bootstrap(listeners, clusters).to_string()).unwrap();
    let mut gates: Vec<(String, SocketAddr)> = names
        .into_iter()
        .map(|name| (name.clone(), envoy.listener(&name).unwrap()))
        .collect();
    let nginx = Nginx::start("spellings", |address, _| {
        format!(
            "server {{ listen {address}; location /admin/ {{ return 403; }} location / {{ proxy_pass http://{}; }} }}",
            upstream.address()
        )
    });
    if let Some(nginx) = &nginx {
        gates.insert(4, ("nginx location".to_owned(), nginx.address()));
    }

    let servers = servers();
    let takers = |path: &str| -> Vec<&str> {
        let taking =
            |resources: &BTreeMap<String, String>| resources.get(path).is_some_and(|named| is_refused(named));
        let taking = servers.iter().filter(|(_, resources)| taking(resources));
        taking.map(|(server, _)| server.as_str()).collect()
    };
    let paths: BTreeSet<&String> = servers.values().flat_map(BTreeMap::keys).collect();
    let mut rows = Vec::new();
    for path in &paths {
        let passes = |(_, gate): &(String, SocketAddr)| {
            let response = Request::get(path).send(*gate).unwrap();
            let forwarded = upstream
                .received()
                .pop()
                .map(|received| received.headers.target().to_vec());
            assert_eq!(response.status == 200, forwarded.is_some(), "{path}");
            // What was forwarded is often another spelling; of one that no server was asked for, the models tell.
            forwarded.is_some_and(|forwarded| {
                match paths.get(&String::from_utf8_lossy(&forwarded).into_owned()) {
                    Some(known) => !takers(known).is_empty(),
                    None => may_be_refused(&forwarded),
                }
            })
        };
        let cells: Vec<bool> = gates.iter().map(passes).collect();
        rows.push(Row {
            path: path.as_str(),
            takers: takers(path),
            cells,
        });
    }
    let ours = |name: &str| name.starts_with("jwt-auth");
    let leaks: Vec<_> = rows
        .iter()
        .flat_map(|row| {
            row.cells
                .iter()
                .zip(&gates)
                .map(move |(passes, (gate, _))| (row, *passes, gate))
        })
        .filter(|(_, passes, gate)| *passes && ours(gate))
        .map(|(row, _, gate)| format!("{gate} lets {} through", row.path))
        .collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
    if nginx.is_none() {
        return;
    }
    let page = page(&gates, &rows, servers.len());
    let file = module::workspace().join("docs/spellings.md");
    if std::env::var_os("EDGE_BLESS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        written, page,
        "docs/spellings.md is out of date: EDGE_BLESS=1 writes it anew"
    );
}

/// What came of a spelling.
struct Row<'a> {
    path: &'a str,
    /// The servers that take it for something refused.
    takers: Vec<&'a str>,
    /// Whether each gate gave some server something refused.
    cells: Vec<bool>,
}

fn may_be_refused(path: &[u8]) -> bool {
    let pattern: PathPattern = REFUSED.parse().unwrap();
    match http_fields::Readings::of(path) {
        None => pattern.matches(path, false),
        Some(readings) => {
            !readings.are_complete() || readings.paths().any(|path| pattern.matches(path, false))
        }
    }
}

fn page(gates: &[(String, SocketAddr)], rows: &[Row<'_>], servers: usize) -> String {
    let reaching = rows.iter().filter(|row| !row.takers.is_empty()).count();
    let mut page = format!(
        "# Who lets which spelling through

`/admin/*` is refused: to requests without a token by `jwt_authn` and jwt-auth, to all by the others. The {} spellings are those that
`crates/http-fields/tests/servers.json` records of {servers} servers; {reaching} of them are something below `/admin/` to at least one. A gate
*lets through* what it gives such a server in a form that the server takes for something below `/admin/`.

Generated and held by `integration/tests/spellings.rs`, which asks Envoy (`jwt_authn`, RBAC), nginx and jwt-auth. *Normalised* is `normalize_path`,
`merge_slashes` and `path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT`. No Istio was asked: *Istio* is Envoy's RBAC filter with a prefix, which an
`AuthorizationPolicy` of `action: DENY` and `paths: [/admin/*]` becomes, under the settings that Istio's documentation gives its normalisations
`BASE` (the default) and `DECODE_AND_MERGE_SLASHES`.

| gate | lets through |
|---|---|
",
        rows.len()
    );
    for (number, (gate, _)) in gates.iter().enumerate() {
        let count = rows.iter().filter(|row| row.cells[number]).count();
        writeln!(page, "| {gate} | {count} |").unwrap();
    }
    page.push_str("\n## Spelling by spelling\n\nRows that come to the same are one, with up to four of their spellings.\n\n| spellings | taken so by |");
    for (gate, _) in gates {
        write!(page, " {gate} |").unwrap();
    }
    page.push_str("\n|---|---|");
    page.push_str(&"---|".repeat(gates.len()));
    page.push('\n');
    let mut groups: BTreeMap<(&[&str], &[bool]), Vec<&str>> = BTreeMap::new();
    for row in rows {
        groups
            .entry((&row.takers, &row.cells))
            .or_default()
            .push(row.path);
    }
    groups.retain(|(takers, cells), _| !takers.is_empty() || cells.contains(&true));
    for ((takers, cells), paths) in groups {
        let shown: Vec<String> = paths.iter().take(4).map(|path| format!("`{path}`")).collect();
        let more = match paths.len() {
            0..=4 => String::new(),
            all => format!(" and {} more", all - 4),
        };
        let takers = if takers.is_empty() {
            "none".to_owned()
        } else {
            takers.join(", ")
        };
        write!(page, "| {}{more} | {takers} |", shown.join(", ")).unwrap();
        for passes in cells {
            page.push_str(if *passes { " **through** |" } else { " – |" });
        }
        page.push('\n');
    }
    page
}
