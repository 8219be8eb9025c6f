//! What `mesh/observe/` promises: a real Prometheus scrapes the demo mesh while requests go through it, and every query of the
//! dashboard and of the alerts gives what it is there for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use edge_demo::{
    function::Function,
    http::{Connection, Request},
    mesh::Mesh,
    process::free_address,
    progress::Silent,
    tool,
};
use http_filter_test::skip;
use integration::{Chain, Prometheus, Series, dashboard, eventually, module::workspace, storm::Build};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, net::SocketAddr, time::Duration};

/// Panels of what a healthy mesh does not have: they must answer, if with zero.
const ZERO_WHEN_WELL: [&str; 7] = [
    "Server errors",
    "Overflow and contention",
    "Database",
    "Calls that were ended",
    "Started again, by cause",
    "VM reloads",
    "Overrides that could not be compiled",
];

/// Some of what the requests below must show, by panel.
const SHOWN: [(&str, &[&str]); 15] = [
    ("Responses by class", &["2", "3", "4"]),
    ("Requests by backend", &["legacy", "edge-eu", "edge-us", "idp"]),
    ("Admitted", &["allowed", "anonymous_allowed", "anyone_allowed"]),
    (
        "Refused, by reason",
        &[
            "token_missing",
            "signature_invalid",
            "token_expired",
            "scope_insufficient",
        ],
    ),
    (
        "How tokens were verified",
        &["cache_hit", "verified_by_host", "verified_in_wasm"],
    ),
    ("Key sets", &["jwks_changed", "jwks_refetch"]),
    ("Admitted, by policy", &["site", "per_client", "compute"]),
    ("Refused, by policy", &["compute"]),
    ("Regions", &["region_eu", "region_us"]),
    ("Blocked and redirected", &["country_blocked", "header_untrusted"]),
    (
        "Codings chosen",
        &["chosen_zstd", "chosen_br", "chosen_gzip", "chosen_identity"],
    ),
    ("Bytes saved", &["zstd", "brotli", "gzip"]),
    ("Calls", &["edge-eu", "edge-us", "run-wasmtime"]),
    ("From start to first answer", &["functions"]),
    ("Memory of the functions", &["functions"]),
];

#[test]
fn every_query_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    if tool::in_path("prometheus").is_none() {
        return skip("envoy: the dashboard's queries: prometheus is not installed");
    }
    let mesh = Mesh::start(folder.path(), None, 0, &Silent).unwrap_or_else(|error| panic!("{error}"));
    let admin = mesh.addresses().admin.to_string();
    let watched: Vec<_> = mesh.functions().filter_map(Function::metrics).collect();
    let Some(prometheus) = Prometheus::start(&scraping(&admin, &watched)) else {
        return;
    };

    // A client that stays.
    let _open = Connection::open(mesh.addresses().edge).unwrap();
    // Counters are there once they have counted, and a rate needs two scrapes of them: several rounds.
    let dashboard = dashboard::document();
    let mut round = 0;
    let mut lacking = Vec::new();
    let answered = eventually(Duration::from_secs(60), || {
        round += 1;
        requests(&mesh, round);
        std::thread::sleep(Duration::from_millis(500));
        lacking = lacking_in(&prometheus, &dashboard);
        lacking.is_empty()
    });
    assert!(answered, "after {round} rounds:\n{}", lacking.join("\n"));

    // The numbers are Envoy's.
    let counted = || mesh.envoy().admin().filter_counters().unwrap()["rate_limit.policy.compute.refused"];
    let shown = || {
        let series = prometheus
            .query(r#"rate_limit{policy="compute",event="refused"}"#)
            .unwrap();
        series[0].1 as u64
    };
    assert!(eventually(Duration::from_secs(5), || shown() == counted()));
    alerts_name_what_there_is(&prometheus);
}

#[test]
fn the_native_module_is_watched_by_the_same_names() {
    if tool::in_path("prometheus").is_none() {
        return skip("envoy: the native module's metrics: prometheus is not installed");
    }
    let chain = Chain::start_as(Build::Native, 1, free_address().unwrap(), |_| {});
    let Some(prometheus) = Prometheus::start(&scraping(&chain.envoy.admin().address().to_string(), &[]))
    else {
        return;
    };
    let queries = [
        r#"jwt_auth{event="token_missing"}"#,
        r#"rate_limit{policy="site",event="admitted"}"#,
        r#"geo_routing{event="region_eu"}"#,
    ];
    let mut lacking = Vec::new();
    let answered = eventually(Duration::from_secs(20), || {
        chain.send(&Request::post_json("/transform", &json!({})));
        chain.send(&Request::get("/geo").header("x-forwarded-for", "5.0.0.1"));
        lacking.clone_from(&queries.to_vec());
        lacking.retain(|query| {
            let series = prometheus.query(query).unwrap();
            !series.iter().any(|(_, value)| *value > 0.0)
        });
        lacking.is_empty()
    });
    assert!(answered, "no answer to {lacking:?}");
}

/// The shipped configuration, which scrapes these addresses, every half second.
fn scraping(admin: &str, functions: &[SocketAddr]) -> String {
    let shipped = fs::read_to_string(workspace().join("mesh/observe/prometheus.yml")).unwrap();
    let rules = workspace().join("mesh/observe/alerts.yml");
    let changed = shipped
        .replace("envoy:9901", admin)
        .replace(": 5s", ": 500ms")
        .replace("alerts.yml", rules.to_str().unwrap());
    assert!(changed.contains(admin) && changed.contains(": 500ms"));
    let mut document: Value = serde_yaml_ng::from_str(&changed).unwrap();
    let jobs = document["scrape_configs"].as_array_mut().unwrap();
    let of_functions = jobs
        .iter_mut()
        .find(|job| job["job_name"] == "functions")
        .unwrap();
    let discovered = of_functions.as_object_mut().unwrap().remove("dns_sd_configs");
    assert!(discovered.is_some(), "there are no names to ask here");
    of_functions["static_configs"] = json!([{"targets": functions}]);
    document.to_string()
}

/// Panels without an answer, and answers without what they should show.
fn lacking_in(prometheus: &Prometheus, dashboard: &Value) -> Vec<String> {
    let mut lacking = Vec::new();
    for query in dashboard::queries(dashboard, "20s") {
        let series = match prometheus.query(&query.expression) {
            Ok(series) => series,
            Err(error) => panic!("{}: {}: {error}", query.panel, query.expression),
        };
        let has_labels = |(labels, _): &Series| query.legend.iter().all(|label| labels.contains_key(label));
        let zero = ZERO_WHEN_WELL.contains(&query.panel.as_str());
        // Of five filters in one panel, two have nothing to refuse here.
        let none = ["deception_refused", "not_acceptable"]
            .iter()
            .any(|event| query.expression.contains(event));
        let shows = |(_, value): &Series| *value > 0.0 || (zero && *value >= 0.0);
        if !none && !(series.iter().any(shows) && (zero || series.iter().all(has_labels))) {
            lacking.push(format!("{}: {}: {series:?}", query.panel, query.expression));
        }
        for (_, names) in SHOWN.iter().filter(|(panel, _)| *panel == query.panel) {
            let moving: BTreeSet<&str> = series
                .iter()
                .filter(|series| shows(series))
                .flat_map(|(labels, _)| query.legend.iter().filter_map(|label| labels.get(label)))
                .map(String::as_str)
                .collect();
            let missing: Vec<_> = names.iter().filter(|name| !moving.contains(*name)).collect();
            if !missing.is_empty() {
                lacking.push(format!("{}: without {missing:?}: {moving:?}", query.panel));
            }
        }
    }
    lacking
}

/// One request of each kind that the dashboard tells apart.
fn requests(mesh: &Mesh, round: u32) {
    let edge = mesh.addresses().edge;
    let send = |request: Request| request.send(edge).unwrap();
    let token = |query: &str| mesh.idp().token(&format!("aud=edge&{query}")).unwrap();
    let bearer = |request: Request, token: &str| request.header("authorization", format!("Bearer {token}"));
    let compute = || Request::post_json("/aggregate", &json!([1, 2, 6]));

    // A key that Envoy doesn't know yet: it asks for the set again.
    mesh.idp().rotate().unwrap();
    let good = token(&format!("sub=ada-{round}&scope=compute"));
    for _ in 0..7 {
        send(bearer(compute(), &good));
    }
    send(compute());
    send(bearer(
        compute(),
        &format!("{}AAAA", good.get(..good.len() - 4).unwrap()),
    ));
    send(bearer(compute(), &token("sub=ada&scope=compute&ttl=-3600")));
    send(bearer(compute(), &token("sub=ada&scope=read")));
    send(bearer(
        compute(),
        &token(&format!("sub=eve-{round}&scope=compute&alg=EdDSA")),
    ));
    send(bearer(Request::get("/geo"), &good));
    for function in mesh.functions() {
        send(Request::get(&format!("/run/{}/geo", function.runtime().name())));
    }
    for country in ["DE", "US", "KP"] {
        let from = Request::get("/geo").header("cf-ipcountry", country);
        send(from.header("x-cdn-secret", "demo-cdn"));
    }
    send(Request::get("/geo").header("cf-ipcountry", "CH"));
    for coding in ["zstd", "br", "gzip", "identity"] {
        send(Request::get("/text?bytes=8192").header("accept-encoding", coding));
    }
    let page = send(Request::get("/"));
    send(Request::get("/").header("if-none-match", page.header("etag").unwrap_or_default()));
    send(bearer(Request::get("/"), &good));
    send(Request::get("/idp/jwks.json"));
}

/// A metric that an alert goes by and that doesn't exist would never fire.
fn alerts_name_what_there_is(prometheus: &Prometheus) {
    let names = prometheus.names();
    let alerts = fs::read_to_string(workspace().join("mesh/observe/alerts.yml")).unwrap();
    let alerts: Value = serde_yaml_ng::from_str(&alerts).unwrap();
    let rules: Vec<&Value> = alerts["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["rules"].as_array().unwrap())
        .collect();
    assert!(!rules.is_empty());
    for rule in rules {
        let (alert, expression) = (rule["alert"].as_str().unwrap(), rule["expr"].as_str().unwrap());
        prometheus
            .query(expression)
            .unwrap_or_else(|error| panic!("{alert}: {error}"));
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let metrics: Vec<_> = words
            .filter(|word| names.iter().any(|name| name == word))
            .collect();
        assert!(!metrics.is_empty(), "{alert}: no metric of {expression} exists");
        let firing = prometheus
            .query(&format!("ALERTS{{alertname={alert:?},alertstate=\"firing\"}}"))
            .unwrap();
        // The tour-like traffic has no trap, and nothing is away.
        assert!(firing.is_empty(), "{alert} fires: {firing:?}");
    }
}

#[test]
fn every_panel_named_here_exists() {
    let dashboard = dashboard::document();
    let titles: Vec<_> = dashboard::panels(&dashboard)
        .into_iter()
        .map(|panel| panel["title"].as_str().unwrap())
        .collect();
    for named in ZERO_WHEN_WELL.iter().chain(SHOWN.iter().map(|(panel, _)| panel)) {
        assert!(titles.contains(named), "no panel is called {named}");
    }
}
