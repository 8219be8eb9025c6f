//! What the Envoy at hand reads of the shipped configurations, and which of the things that they, or the READMEs, speak of it
//! has. `make envoys` asks each of `scripts/envoys.txt`, and makes the README's table of the answers.

use edge_demo::envoy::{shipped, validate, version};
use integration::{Proxy, Upstream, module};
use serde_json::{Value, json};
use std::fs;

#[test]
fn every_shipped_configuration_is_accepted() {
    let folder = module::workspace().join("envoy");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".yaml") {
            continue;
        }
        let yaml = with_a_table(&shipped(&name).unwrap());
        validate(&yaml).unwrap_or_else(|error| panic!("{name}: {error}"));
        seen += 1;
    }
    assert!(seen >= 7, "{seen} files");
}

/// `make geo-table` may not have made one; any file will do, since Envoy only reads it.
fn with_a_table(yaml: &str) -> String {
    let here = module::workspace().join("Makefile");
    let here = format!("filename: {}", here.display());
    yaml.replace("filename: dist/world.table.sha256", &here)
        .replace("filename: dist/world.table", &here)
}

/// What came with some version: for which filter, since when, and a filter's configuration that only Envoys that have it accept.
#[test]
fn what_it_lacks_is_known() {
    let version = version().unwrap();
    let upstream = Upstream::start();
    for (filter, what, since, configuration) in later_additions() {
        let proxy = Proxy::default().http_filter(configuration);
        let has = match validate(&proxy.configuration(&upstream).to_string()) {
            Ok(()) => true,
            Err(error) => {
                let said = error.to_string();
                let unknown = [
                    "has unknown fields",
                    "could not find @type",
                    "Didn't find a registered implementation",
                ];
                assert!(unknown.iter().any(|text| said.contains(text)), "{what}: {said}");
                false
            }
        };
        if !has {
            println!("MISSING {filter}: {what}");
        }
        assert_eq!(has, version >= since, "{what} on Envoy {version:?}");
    }
}

fn later_additions() -> Vec<(&'static str, &'static str, [u32; 2], Value)> {
    let compressor = |direction: Value| {
        json!({
            "name": "compressor",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor",
                "response_direction_config": direction,
                "compressor_library": {
                    "name": "gzip",
                    "typed_config": {"@type": "type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip"},
                },
            },
        })
    };
    vec![
        (
            "geo-routing",
            "`file_server`, for a database that renews itself",
            [1, 38],
            json!({
                "name": "envoy.filters.http.file_server",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.file_server.v3.FileServerConfig",
                    "manager_config": {"thread_pool": {"thread_count": 1}},
                    "path_mappings": [{"request_path_prefix": "/files", "file_path_prefix": "dist"}],
                },
            }),
        ),
        (
            "compression-negotiation",
            "`weaken_etag_on_compress` of Envoy's compressors",
            [1, 38],
            compressor(json!({"weaken_etag_on_compress": true})),
        ),
        (
            "compression-negotiation",
            "`content_type_matcher` of Envoy's compressors (`content_type` instead)",
            [1, 40],
            compressor(json!({"common_config": {"content_type_matcher": [{"prefix": "text/"}]}})),
        ),
    ]
}
