use super::Policy;
use crate::FilterKind;
use geo_database::{Country, TableBuilder};
use http_filter::OneOrMany;
use http_filter_replay::{Stuck, Text, World, case::Request};
use serde_json::{Value, json};
use std::{net::IpAddr, time::Duration};

/// What surrounds a request: when it comes, from where, and what the proxy and other services know.
#[derive(Debug)]
pub struct Surroundings {
    /// When, since the Unix epoch.
    pub now: Duration,
    /// The client's address, as Envoy has found it.
    pub peer: Option<IpAddr>,
    /// The client's country, by whatever the policy asks for it.
    pub country: Option<Country>,
    /// Properties by dotted path.
    pub properties: Vec<(String, Vec<u8>)>,
    /// What clusters answer, whatever is asked.
    pub clusters: Vec<(String, Vec<u8>)>,
}

impl Surroundings {
    /// The policy's chain, after it has had time to fetch what it needs.
    pub(super) fn world(&self, policy: &Policy) -> Result<World, Stuck> {
        let start = self.now.saturating_sub(WARM_UP);
        // A policy whose configuration is refused doesn't get here.
        let mut world = World::of_chain(policy.plugins().unwrap_or_default(), start);
        for (cluster, body) in &self.clusters {
            world.serve(cluster, None, body.clone());
        }
        if let Some(country) = self.country {
            let table = whole_world(country);
            for (cluster, path) in databases(policy) {
                world.serve(&cluster, Some(&path), table.clone());
            }
        }
        self.give_properties(&world, policy);
        world.advance_to(self.now)?;
        Ok(world)
    }

    /// The clusters that the policy's filters ask for something and for which there is no answer, each with the filter.
    pub(super) fn not_given(&self, policy: &Policy) -> Vec<(String, &'static str)> {
        let known = |cluster: &str| {
            let is_given = self.clusters.iter().any(|(name, _)| name == cluster);
            is_given || (self.country.is_some() && databases(policy).any(|(name, _)| name == cluster))
        };
        let mut found = Vec::new();
        for (kind, value) in &policy.filters {
            let mut asked = Vec::new();
            asked_clusters(value, &mut asked);
            for cluster in asked.into_iter().filter(|cluster| !known(cluster)) {
                if !found.iter().any(|(name, _)| *name == cluster) {
                    found.push((cluster, kind.name()));
                }
            }
        }
        found
    }

    /// Says to the filters what the proxy knows of a request.
    pub(super) fn give_properties(&self, world: &World, policy: &Policy) {
        let host = world.host();
        host.clear_properties();
        if let Some(peer) = self.peer {
            let text = match peer {
                IpAddr::V4(peer) => format!("{peer}:50000"),
                IpAddr::V6(peer) => format!("[{peer}]:50000"),
            };
            host.set_property("source.address", text);
        }
        if let Some(country) = self.country {
            for source in sources(policy) {
                if let Some(name) = source["filter_state"].as_str() {
                    let state = json!({"country": country.code()});
                    host.set_property(&format!("filter_state.{name}"), state.to_string());
                }
                if let Some(path) = source["property"].as_str() {
                    host.set_property(path, country.code());
                }
            }
        }
        for (name, value) in &self.properties {
            host.set_property(name, value.clone());
        }
    }

    /// The request as it comes: where the country is known by a header, with that.
    pub(super) fn request(&self, policy: &Policy, request: &Request) -> Request {
        let mut request = request.clone();
        if let Some(country) = self.country {
            for source in sources(policy) {
                if let Some(name) = source["header"].as_str() {
                    let value = OneOrMany(vec![Text(country.code().into())]);
                    request.headers.entry(name.to_ascii_lowercase()).or_insert(value);
                }
            }
        }
        request
    }
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

/// The clusters and paths of the databases that the policy fetches.
fn databases(policy: &Policy) -> impl Iterator<Item = (String, String)> {
    sources(policy).filter_map(|source| {
        let database = &source["database"];
        let text = |name: &str| database[name].as_str().map(str::to_owned);
        Some((text("cluster")?, text("path")?))
    })
}

/// The clusters that a configuration names beside what it asks them for; a region's is only routed to.
fn asked_clusters(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let asks = ["uri", "path", "domain"]
                .iter()
                .any(|name| members.contains_key(*name));
            if let Some(cluster) = members.get("cluster").and_then(Value::as_str).filter(|_| asks) {
                found.push(cluster.to_owned());
            }
            members.values().for_each(|member| asked_clusters(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| asked_clusters(item, found)),
        _ => {}
    }
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

/// How long the filters have to fetch what they need.
const WARM_UP: Duration = Duration::from_secs(5);
