//! Every file in `envoy/` says to each filter what that filter's own parser accepts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;

use edge_demo::tool;
use http_filter::{ConfigError, FilterConfig, Plugin};
use serde_json::Value;

/// What the filter called `name` makes of its configuration.
fn parsed(name: &str, configuration: &Value) -> Result<(), ConfigError> {
    let text = as_envoy_reads_it(configuration).to_string();
    fn new<C: FilterConfig>(text: &str) -> Result<(), ConfigError> {
        Plugin::<C>::new(Some(text.as_bytes())).map(drop)
    }
    match name {
        "jwt-auth" => new::<jwt_auth::JwtAuth>(&text),
        "rate-limit" => new::<rate_limit::RateLimit>(&text),
        "geo-routing" => new::<geo_routing::GeoRouting>(&text),
        "cache-headers" => new::<cache_headers::CacheHeaders>(&text),
        "compression-negotiation" => new::<compression_negotiation::CompressionNegotiation>(&text),
        _ => panic!("no filter is called {name}"),
    }
}

/// In a protobuf Struct every number is a double; but Envoy's YAML reader knows whole numbers only, and makes strings of others.
fn as_envoy_reads_it(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(_) => Value::from(number.as_f64().unwrap()),
            None => Value::from(number.to_string()),
        },
        Value::Array(items) => items.iter().map(as_envoy_reads_it).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), as_envoy_reads_it(value)))
            .collect(),
        other => other.clone(),
    }
}

/// The `config` of every Wasm filter below `value`.
fn plugins<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            let kind = members.get("@type").and_then(Value::as_str).unwrap_or_default();
            if kind.ends_with("filters.http.wasm.v3.Wasm") {
                found.push(&members["config"]);
            }
            members.values().for_each(|value| plugins(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| plugins(item, found)),
        _ => {}
    }
}

#[test]
fn every_file_is_understood() {
    let folder = tool::root().join("envoy");
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let document: Value = serde_yaml_ng::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut found = Vec::new();
        plugins(&document, &mut found);
        assert!(!found.is_empty(), "{file} has no Wasm filter");
        for plugin in found {
            let name = plugin["name"].as_str().unwrap();
            parsed(name, &plugin["configuration"]["value"]).unwrap_or_else(|e| panic!("{file}, {name}: {e}"));
            assert_eq!(
                plugin["vm_config"]["code"]["local"]["filename"],
                format!("dist/{name}.wasm"),
                "{file}"
            );
            assert_eq!(
                plugin["vm_config"]["vm_id"], name,
                "{file}: shared data is kept apart by vm_id"
            );
            assert!(
                plugin["failure_policy"].is_string(),
                "{file}, {name}: how it fails is stated"
            );
            let about = file == name || ["chain", "geo-database"].contains(&file.as_str());
            assert!(about, "{file} is about {name}");
            seen.insert((file.clone(), name.to_owned()));
        }
    }
    assert_eq!(
        seen.len(),
        11,
        "five files for one filter each, one more for geo-routing's database, and the chain with all: {seen:?}"
    );
}

/// Older Envoys get the same, less what came later.
#[test]
fn variants_differ_by_what_came_later_only() {
    let read = |path: &str| -> Value {
        let text = fs::read_to_string(tool::root().join("envoy").join(path)).unwrap();
        serde_yaml_ng::from_str(&text).unwrap()
    };
    let mut variants: Vec<_> = fs::read_dir(tool::root().join("envoy/before-1.38"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    variants.sort();
    assert_eq!(
        variants,
        ["chain.yaml", "compression-negotiation.yaml", "geo-database.yaml"]
    );
    for name in variants {
        let (mut newer, mut older) = (read(&name), read(&format!("before-1.38/{name}")));
        assert_ne!(newer, older, "{name}");
        // The listener that hands out files, with a file_server or with routes.
        for document in [&mut newer, &mut older] {
            let listeners = document["static_resources"]["listeners"].as_array_mut().unwrap();
            for listener in listeners
                .iter_mut()
                .filter(|listener| listener["name"] == "files")
            {
                let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
                manager["http_filters"].take();
                manager["route_config"].take();
            }
        }
        remove("weaken_etag_on_compress", &mut newer);
        remove("tracing", &mut newer);
        assert_eq!(newer, older, "{name}");
    }
}

fn remove(field: &str, value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove(field);
            members.values_mut().for_each(|value| remove(field, value));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(field, item)),
        _ => {}
    }
}

#[test]
fn the_chain_keeps_the_order_of_the_design() {
    let text = fs::read_to_string(tool::root().join("envoy/chain.yaml")).unwrap();
    let document: Value = serde_yaml_ng::from_str(&text).unwrap();
    let manager =
        &document["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"];
    let filters = manager["http_filters"].as_array().unwrap();
    let names: Vec<_> = filters
        .iter()
        .map(|filter| filter["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "jwt-auth",
            "rate-limit",
            "geo-routing",
            "compression-negotiation",
            "envoy.filters.http.compressor.brotli",
            "envoy.filters.http.compressor.zstd",
            "envoy.filters.http.compressor.gzip",
            "cache-headers",
            "custom-response",
            "envoy.filters.http.router",
        ]
    );
}

/// Blocks that begin with a filter's name as a comment are that filter's configuration.
#[test]
fn every_configuration_in_the_readme_is_understood() {
    let text = fs::read_to_string(tool::root().join("README.md")).unwrap();
    let mut seen = Vec::new();
    for block in text
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
    {
        let Some(name) = block.strip_prefix("# ").and_then(|rest| rest.lines().next()) else {
            continue;
        };
        let configuration = serde_yaml_ng::from_str(block).unwrap();
        parsed(name, &configuration).unwrap_or_else(|e| panic!("README.md, {name}: {e}"));
        seen.push(name.to_owned());
    }
    let five = [
        "jwt-auth",
        "rate-limit",
        "geo-routing",
        "cache-headers",
        "compression-negotiation",
    ];
    assert_eq!(seen, five);
}
