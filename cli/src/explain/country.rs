//! A client's country, told to a policy by whatever it asks for it.

use super::Policy;
use crate::FilterKind;
use geo_database::{Country, TableBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr};

/// A client's address where only the country matters. Databases aren't asked about addresses for documentation; this one is public, and
/// nobody's any more (RFC 7526).
pub const ANYBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 88, 99, 1));

/// How a country is told.
#[derive(Default)]
pub struct Told {
    /// Header fields that a request then carries, unless it has them.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Properties by dotted path.
    pub properties: Vec<(String, Vec<u8>)>,
    /// What clusters answer, each by path.
    pub served: Vec<(String, String, Vec<u8>)>,
}

impl Told {
    /// How a policy's own sources come to know it. Headers are believed as the policy says, and no further.
    pub fn to(policy: &Policy, country: Country) -> Self {
        let mut told = Self::default();
        for source in sources(policy) {
            let text = |name: &str| source[name].as_str();
            let listed = source["headers"].as_object().into_iter().flatten();
            let listed = listed.filter_map(|(name, fact)| (fact == "country").then_some(name.as_str()));
            let named = text("header").or_else(|| text("preset").and_then(geo_routing::country_header));
            for name in named.into_iter().chain(listed) {
                told.headers
                    .push((name.to_ascii_lowercase(), country.code().into()));
            }
            if let Some(name) = text("filter_state") {
                let state = json!({"country": country.code()}).to_string();
                told.properties
                    .push((format!("filter_state.{name}"), state.into_bytes()));
            }
            if let Some(path) = text("property") {
                told.properties.push((path.to_owned(), country.code().into()));
            }
            if let Some((cluster, path)) = fetched(source) {
                let table = whole_world(country);
                let announced = source.pointer("/database/sha256_path");
                if let Some(announced) = announced.and_then(Value::as_str) {
                    let line = format!("{}  table\n", digits(&Sha256::digest(&table)));
                    told.served
                        .push((cluster.clone(), announced.to_owned(), line.into_bytes()));
                }
                told.served.push((cluster, path, table));
            }
        }
        told
    }

    /// Whether the policy asks nobody.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.properties.is_empty() && self.served.is_empty()
    }
}

/// The clusters whose databases the policy fetches.
pub(super) fn database_clusters(policy: &Policy) -> impl Iterator<Item = String> {
    sources(policy).filter_map(|source| Some(fetched(source)?.0))
}

/// The cluster and the path of the database that a source fetches.
fn fetched(source: &Value) -> Option<(String, String)> {
    let text = |pointer: &str| source.pointer(pointer)?.as_str().map(str::to_owned);
    Some((text("/database/cluster")?, text("/database/path")?))
}

/// The sources of countries that the policy has.
fn sources(policy: &Policy) -> impl Iterator<Item = &Value> {
    let geo = policy
        .filters
        .iter()
        .filter(|(kind, _)| *kind == FilterKind::GeoRouting);
    geo.flat_map(|(_, value)| match value.get("client") {
        Some(Value::Array(sources)) => sources.as_slice(),
        Some(source) => std::slice::from_ref(source),
        None => &[],
    })
}

/// A table in which everybody lives in one country.
fn whole_world(country: Country) -> Vec<u8> {
    let mut builder = TableBuilder::new("for one question".to_owned(), 0);
    let v4 = (IpAddr::from([0; 4]), IpAddr::from([255; 4]));
    let v6 = (IpAddr::from([0_u16; 8]), IpAddr::from([0xffff_u16; 8]));
    for (first, last) in [v4, v6] {
        builder.add(first, last, Some(country));
    }
    builder.build()
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
