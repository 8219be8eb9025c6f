//! rate-limit with a service that counts in Redis, in a real Envoy: limitador's limits, as the README describes them;
//! several Envoys; Redis and the service as they come and go.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use edge_demo::{
    envoy::Envoy,
    http::{Request, Response},
    limitador::Limitador,
    redis::Redis,
};
use http_filter_test::skip;
use integration::{Proxy, Upstream, eventually, load};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, net::SocketAddr, time::Duration};

/// Redis and the service, and the Envoys that ask it.
struct World {
    limits: tempfile::NamedTempFile,
    redis: Option<Redis>,
    service: Option<Limitador>,
    redis_address: SocketAddr,
    service_address: SocketAddr,
    envoys: Vec<Envoy>,
    _upstream: Upstream,
}

impl World {
    /// So many Envoys with two workers each, all with the policy of the README's limits, which without the service is
    /// `burst` requests; `None` without Redis.
    fn new(envoys: usize, limits: &str, burst: u32, global: Value) -> Option<Self> {
        if Redis::program().is_none() {
            skip("envoy: rate-limit with a service and Redis: redis-server is not installed");
            return None;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, limits).unwrap();
        let redis = Redis::start().unwrap();
        let service = Limitador::start(file.path(), Some(redis.address()), 0).unwrap();
        // Nothing here is slow, except this machine maybe: that must not leave the word to an Envoy's own count.
        let mut asking =
            json!({"cluster": "ratelimit", "domain": "edge", "timeout": "10s", "pause": "200ms"});
        asking
            .as_object_mut()
            .unwrap()
            .extend(global.as_object().cloned().unwrap());
        let configuration = json!({
            "policies": {"per_user": {
                "key": {"header": "x-user", "as": "sub"},
                "requests": 1,
                "per": "1h",
                "cost": {"header": "x-cost", "max": burst},
                "burst": burst,
            }},
            "global": asking,
        });
        let upstream = Upstream::start();
        let envoy = || {
            Proxy::default()
                .filter("rate-limit", &configuration)
                .cluster("ratelimit", service.address(), true)
                .workers(2)
                .start(&upstream)
        };
        Some(Self {
            envoys: (0..envoys).map(|_| envoy()).collect(),
            redis_address: redis.address(),
            service_address: service.address(),
            limits: file,
            redis: Some(redis),
            service: Some(service),
            _upstream: upstream,
        })
    }

    /// A request that costs so much; it doesn't wait for what is down.
    #[track_caller]
    fn get(&self, user: &str, cost: u32) -> Response {
        let request = Request::get("/")
            .header("x-user", user)
            .header("x-cost", cost.to_string());
        let response = request.send(self.envoys[0].address()).unwrap();
        assert!(
            response.elapsed < Duration::from_secs(5),
            "a request took {:?}",
            response.elapsed
        );
        response
    }

    #[track_caller]
    fn statuses(&self, user: &str, requests: usize) -> Vec<u16> {
        (0..requests).map(|_| self.get(user, 1).status).collect()
    }

    fn count(&self, name: &str) -> u64 {
        self.service.as_ref().unwrap().count(name).unwrap()
    }

    fn counters(&self) -> BTreeMap<String, u64> {
        self.envoys[0].admin().filter_counters().unwrap()
    }

    /// Whether the service decides again: only its answers carry `X-RateLimit-*`.
    fn service_decides(&self, user: &str) -> bool {
        eventually(Duration::from_secs(20), || {
            self.get(user, 1).header("x-ratelimit-limit").is_some()
        })
    }
}

/// The limits file of the filter's README.
fn readme_limits() -> &'static str {
    let readme = include_str!("../../crates/rate-limit/README.md");
    let from = readme.find("- namespace: edge").unwrap();
    readme.split_at(from).1.split("```").next().unwrap()
}

fn limits(most: u64) -> String {
    readme_limits().replace("max_value: 100", &format!("max_value: {most}"))
}

#[test]
fn descriptors_costs_and_fields() {
    let Some(world) = World::new(1, readme_limits(), 100, json!({})) else {
        return;
    };
    let first = world.get("ada", 60);
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(
        first.header("ratelimit-policy").as_deref(),
        Some("\"per_user\";q=100;w=60")
    );
    let left = first.header("ratelimit").unwrap();
    assert!(left.starts_with("\"per_user\";r=40;t="), "{left}");
    assert_eq!(first.header("x-ratelimit-remaining").as_deref(), Some("40"));
    // More than is left: refused, and nothing charged, so the rest is still there.
    let refused = world.get("ada", 41);
    assert_eq!(refused.status, 429, "{refused:?}");
    assert_eq!(refused.json()["violated-policies"], json!(["per_user"]));
    assert_eq!(world.get("ada", 40).status, 200);
    let refused = world.get("ada", 1);
    assert_eq!(refused.status, 429, "{refused:?}");
    let retry: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=72).contains(&retry), "{retry}");
    assert!(
        refused
            .header("ratelimit")
            .unwrap()
            .starts_with("\"per_user\";r=0;t="),
        "{refused:?}"
    );
    assert_eq!(world.get("bob", 100).status, 200, "another descriptor");
    assert_eq!(
        (world.count("authorized_calls"), world.count("limited_calls")),
        (3, 2)
    );
    // It is known until the window ends that there's nothing left for her.
    assert_eq!(world.statuses("ada", 5), [429; 5]);
    assert_eq!(world.count("limited_calls"), 2);
    assert_eq!(world.counters()["rate_limit.service_cached"], 5);
}

#[test]
fn two_envoys_and_one_redis_hold_one_limit_to_the_request() {
    const LIMIT: u64 = 150;
    let Some(world) = World::new(2, &limits(LIMIT), 2, json!({"cache": "0"})) else {
        return;
    };
    let connections = vec![vec![load::get("x-user", "hot"); 60]; 4];
    let served = std::thread::scope(|scope| {
        let loads: Vec<_> = world
            .envoys
            .iter()
            .map(|envoy| scope.spawn(|| load::send(envoy.address(), &connections)))
            .collect();
        let replies = loads.into_iter().flat_map(|load| load.join().unwrap());
        replies.flatten().filter(|reply| reply.status == 200).count() as u64
    });
    assert_eq!(served, LIMIT);
    assert_eq!(world.count("authorized_calls"), LIMIT);
    assert_eq!(world.count("limited_calls"), 2 * 4 * 60 - LIMIT);
    for envoy in &world.envoys {
        let counters = envoy.admin().filter_counters().unwrap();
        assert!(counters["rate_limit.service_ok"] > 0, "{counters:?}");
        let local = counters
            .get("rate_limit.fallback_local")
            .copied()
            .unwrap_or_default();
        assert_eq!(local, 0, "{counters:?}");
    }
}

#[test]
fn while_redis_is_away_each_envoy_counts_by_itself() {
    let Some(mut world) = World::new(1, &limits(3), 2, json!({})) else {
        return;
    };
    assert_eq!(world.statuses("ada", 4), [200, 200, 200, 429]);
    assert!(world.service.as_ref().unwrap().is_healthy());

    world.redis = None;
    assert_eq!(
        world.statuses("bob", 3),
        [200, 200, 429],
        "the policy's own quota of two"
    );
    assert!(!world.service.as_ref().unwrap().is_healthy());
    assert!(world.count("failed_calls") > 0);
    let counters = world.counters();
    assert!(counters["rate_limit.service_error"] > 0, "{counters:?}");
    assert_eq!(counters["rate_limit.fallback_local"], 3, "{counters:?}");

    world.redis = Some(Redis::start_at(world.redis_address).unwrap());
    assert!(world.service_decides("carol"), "{:?}", world.counters());
    assert_eq!(world.statuses("dave", 4), [200, 200, 200, 429]);
    assert!(world.service.as_ref().unwrap().is_healthy());
}

#[test]
fn a_service_that_is_restarted_goes_on_with_what_redis_holds() {
    let Some(mut world) = World::new(1, &limits(3), 2, json!({})) else {
        return;
    };
    assert_eq!(world.statuses("ada", 2), [200, 200]);
    world.service = None;
    assert_eq!(world.statuses("bob", 3), [200, 200, 429], "counted in Envoy");
    let port = world.service_address.port();
    world.service = Some(Limitador::start(world.limits.path(), Some(world.redis_address), port).unwrap());
    assert!(world.service_decides("carol"), "{:?}", world.counters());
    assert_eq!(
        world.statuses("ada", 2),
        [200, 429],
        "two of three were used before"
    );
}
