//! What the manifests give to the filters.

use super::manifest::{self, Manifest, Plugin, plugins};
use http_filter::{ConfigError, Plugin as Configured};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// As a control plane delivers it: every number a double.
fn with_doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.iter().map(with_doubles).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), with_doubles(value)))
            .collect(),
        other => other.clone(),
    }
}

fn parse(filter: &str, configuration: &Value) -> Result<(), ConfigError> {
    let text = with_doubles(configuration).to_string();
    let text = Some(text.as_bytes());
    match filter {
        "jwt-auth" => Configured::<jwt_auth::JwtAuth>::new(text).map(|_| ()),
        "rate-limit" => Configured::<rate_limit::RateLimit>::new(text).map(|_| ()),
        "geo-routing" => Configured::<geo_routing::GeoRouting>::new(text).map(|_| ()),
        "cache-headers" => Configured::<cache_headers::CacheHeaders>::new(text).map(|_| ()),
        "compression-negotiation" => {
            Configured::<compression_negotiation::CompressionNegotiation>::new(text).map(|_| ())
        }
        "edge-suite" => Configured::<edge_suite::EdgeSuite>::new(text).map(|_| ()),
        other => panic!("no filter {other}"),
    }
}

#[test]
fn every_configuration_is_one_that_the_filter_takes() {
    for Plugin {
        file,
        filter,
        configuration,
        ..
    } in plugins()
    {
        parse(&filter, &configuration).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut wrong = configuration.clone();
        wrong["no_such_field"] = true.into();
        let error = parse(&filter, &wrong).unwrap_err().to_string();
        assert!(error.contains("no_such_field"), "{file}: {error}");
    }
}

/// Whichever way a platform loads a filter, and alone or in the suite.
#[test]
fn every_form_says_the_same() {
    let mut said: BTreeMap<(String, String), (String, Value)> = BTreeMap::new();
    for plugin in plugins() {
        let platform = plugin.platform().to_owned();
        let parts: Vec<(String, Value)> = match plugin.filter.as_str() {
            "edge-suite" => {
                let sections = plugin.configuration.as_object().unwrap().clone();
                sections
                    .into_iter()
                    .map(|(name, value)| (name.replace('_', "-"), value))
                    .collect()
            }
            name => vec![(name.to_owned(), plugin.configuration.clone())],
        };
        for (filter, value) in parts {
            let (file, first) = said
                .entry((platform.clone(), filter))
                .or_insert_with(|| (plugin.file.clone(), value.clone()));
            assert_eq!(&value, first, "{} and {file}", plugin.file);
        }
    }
    assert_eq!(said.len(), 15, "five filters on three platforms");
}

/// One form of address, so that one command can put another registry and digests in its place.
#[test]
fn images_have_the_workspaces_version() {
    for Plugin {
        file, filter, url, ..
    } in plugins().into_iter().filter(|plugin| !plugin.url.is_empty())
    {
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!("oci://registry.example.com/edge-filters/{filter}:{version}");
        assert_eq!(url, expected, "{file}");
    }
}

/// Where a module can't be replaced, it's better to be without negotiation than without responses; without any other filter it
/// isn't. In Envoy Gateway's list one that may fail open can take the others along.
#[test]
fn only_the_negotiation_fails_open_and_only_where_nothing_reloads() {
    for plugin in plugins() {
        let may = plugin.filter == "compression-negotiation" && plugin.platform() == "higress";
        assert_eq!(plugin.fails_open, may, "{}: {}", plugin.file, plugin.filter);
    }
}

/// geo-routing names a region's cluster in a header; what isn't matched there goes to the fallback.
#[test]
fn regions_are_what_the_routes_match_on() {
    for plugin in plugins() {
        let geo = match plugin.filter.as_str() {
            "geo-routing" => &plugin.configuration,
            "edge-suite" => &plugin.configuration["geo_routing"],
            _ => continue,
        };
        let routes = root_file(&format!("{}/base/routes.yaml", plugin.platform()));
        let header = |route: &Value| {
            let matches = &route["spec"]["rules"][0]["matches"][0]["headers"][0];
            let annotation =
                &route["metadata"]["annotations"]["higress.io/exact-match-header-x-edge-cluster"];
            match matches["name"] == "x-edge-cluster" {
                true => matches["value"].clone(),
                false => annotation.clone(),
            }
        };
        let matched: Vec<Value> = routes
            .iter()
            .map(header)
            .filter(|value| !value.is_null())
            .collect();
        let regions = geo["regions"].as_object().unwrap().iter();
        let others: Vec<Value> = regions
            .filter(|(name, _)| geo["fallback"] != **name)
            .map(|(_, region)| region["cluster"].clone())
            .collect();
        assert_eq!(matched, others, "{}", plugin.file);
    }
}

#[test]
fn keys_come_from_a_cluster_that_the_manifests_make() {
    for plugin in plugins() {
        let jwt = match plugin.filter.as_str() {
            "jwt-auth" => &plugin.configuration,
            "edge-suite" => &plugin.configuration["jwt_auth"],
            _ => continue,
        };
        let cluster = jwt["providers"]["corp"]["jwks"]["cluster"].as_str().unwrap();
        let made: Vec<String> = match plugin.platform() {
            // The registry stands in the guide: there is no schema for McpBridge here.
            "higress" => vec!["outbound|443||idp.dns".to_owned()],
            platform => root_file(&format!("{platform}/base/identity-provider.yaml"))
                .iter()
                .filter_map(cluster_of)
                .collect(),
        };
        assert_eq!(made, [cluster], "{}", plugin.file);
    }
    let guide = std::fs::read_to_string(manifest::root().join("higress/README.md")).unwrap();
    assert!(guide.contains("outbound|443||idp.dns") && guide.contains("kind: McpBridge"));
}

/// The cluster that Istio makes of a ServiceEntry, Envoy Gateway of a route.
fn cluster_of(document: &Value) -> Option<String> {
    let spec = &document["spec"];
    let metadata = &document["metadata"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match document["kind"].as_str().unwrap() {
        "ServiceEntry" => Some(format!(
            "outbound|{}||{}",
            spec["ports"][0]["number"],
            text(&spec["hosts"][0])
        )),
        "HTTPRoute" => Some(format!(
            "httproute/{}/{}/rule/0",
            text(&metadata["namespace"]),
            text(&metadata["name"])
        )),
        _ => None,
    }
}

fn root_file(file: &str) -> Vec<Value> {
    manifest::documents(&std::fs::read_to_string(manifest::root().join(file)).unwrap())
}

/// Higress puts `matchRules` into the configuration as `_rules_`, for its own SDK to look at: here they'd be passed over.
#[test]
fn match_rules_of_higress_are_refused_by_name() {
    for plugin in plugins().iter().filter(|plugin| plugin.platform() == "higress") {
        let mut wrong = plugin.configuration.clone();
        wrong["_rules_"] = json!([{"_match_domain_": ["example.com"]}]);
        let error = parse(&plugin.filter, &wrong).unwrap_err().to_string();
        assert!(error.contains("_rules_"), "{}: {error}", plugin.file);
    }
    for Manifest { file, document } in manifest::all() {
        assert!(document["spec"]["matchRules"].is_null(), "{file}");
    }
}
