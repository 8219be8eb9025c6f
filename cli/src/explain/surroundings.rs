use super::{Policy, Told, country::database_clusters};
use geo_database::Country;
use http_filter::OneOrMany;
use http_filter_replay::{Stuck, Text, World, case::Request};
use serde_json::Value;
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
        for (cluster, path, body) in self.told(policy).served {
            world.serve(&cluster, Some(&path), body);
        }
        self.give_properties(&world, policy);
        world.advance_to(self.now)?;
        Ok(world)
    }

    /// The clusters that the policy's filters ask for something and for which there is no answer, each with the filter.
    pub(super) fn not_given(&self, policy: &Policy) -> Vec<(String, &'static str)> {
        let known = |cluster: &str| {
            let is_given = self.clusters.iter().any(|(name, _)| name == cluster);
            is_given || (self.country.is_some() && database_clusters(policy).any(|name| name == cluster))
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
        for (name, value) in self.told(policy).properties {
            host.set_property(&name, value);
        }
        for (name, value) in &self.properties {
            host.set_property(name, value.clone());
        }
    }

    fn told(&self, policy: &Policy) -> Told {
        self.country
            .map_or_else(Told::default, |country| Told::to(policy, country))
    }

    /// The request as it comes: where the country is known by a header, with that.
    pub(super) fn request(&self, policy: &Policy, request: &Request) -> Request {
        let mut request = request.clone();
        for (name, value) in self.told(policy).headers {
            request
                .headers
                .entry(name)
                .or_insert(OneOrMany(vec![Text(value)]));
        }
        request
    }
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

/// How long the filters have to fetch what they need.
const WARM_UP: Duration = Duration::from_secs(5);
