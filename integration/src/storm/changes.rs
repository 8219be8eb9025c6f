//! What changes around the filters while they serve: their configuration, the clock, Envoy itself.

use super::{
    Build, Row,
    crowds::{counted, traps},
    soak::resident_kib,
};
use crate::{Clock, Proxy, Upstream, bootstrap, crowd, module};
use edge_demo::{envoy::Envoy, process::free_address};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Requests that need nothing, some at a time, until `is_over`; how often each status was seen.
fn load(to: impl Fn() -> Option<SocketAddr>, is_over: &AtomicBool) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    while !is_over.load(Ordering::Relaxed) {
        if let Some(to) = to() {
            let requests = vec!["GET /free HTTP/1.1\r\nhost: edge\r\n\r\n".to_owned(); AT_ONCE];
            for (status, count) in crowd::statuses(&crowd::send(to, requests, Duration::from_secs(5))) {
                *statuses.entry(status).or_default() += count;
            }
        }
        thread::sleep(Duration::from_millis(50));
    }
    statuses
}

/// How many requests were answered otherwise than with 200.
fn failed(statuses: &BTreeMap<u16, usize>) -> usize {
    let others = statuses.iter().filter(|(status, _)| **status != 200);
    others.map(|(_, count)| count).sum()
}

/// The five filters; `version` is part of each configuration.
fn filters(version: usize) -> Vec<(&'static str, Value)> {
    let key =
        json!({"kty": "oct", "alg": "HS256", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC0xMjM0"});
    let provider =
        json!({"algorithms": ["HS256"], "issuer": format!("https://{version}"), "jwks": {"keys": [key]}});
    vec![
        (
            "jwt-auth",
            json!({"providers": {"corp": provider}, "rules": [{"match": {"path": "/keys"}, "require": "corp"}, {"allow": "anyone"}]}),
        ),
        (
            "rate-limit",
            json!({"policies": {(format!("p{version}")): {"requests": 1_000_000, "per": "1s"}}}),
        ),
        (
            "geo-routing",
            json!({"client": [{"header": format!("x-{version}"), "trust": "anyone"}], "rules": [{"when": {"country": "KP"}, "block": 451}]}),
        ),
        ("compression-negotiation", json!({"min_length": 1024 + version})),
        (
            "cache-headers",
            json!({"rules": [{"match": {"path": "/*"}, "browser": {"max_age": format!("{}s", version + 1)}}]}),
        ),
    ]
}

fn write(folder: &Path, build: Build, version: usize) {
    let mut listener = build.add(Proxy::default(), &filters(version)).listener("dynamic");
    listener["@type"] = json!("type.googleapis.com/envoy.config.listener.v3.Listener");
    let response = json!({"version_info": version.to_string(), "resources": [listener]});
    // The native module itself is replaced now and then, by another file. Two take turns: Envoy keeps what it has loaded.
    let native = folder.join(format!("{}.so", version / REPLACED_EVERY % 2));
    let mut text = response.to_string();
    if matches!(build, Build::Native | Build::NativeSuite) {
        let module = module::native();
        if !native.exists() {
            fs::copy(&module, &native).unwrap();
        }
        text = text.replace(module.to_str().unwrap(), native.to_str().unwrap());
    }
    // Envoy watches for a file that is moved into place.
    fs::write(folder.join("new.json"), text).unwrap();
    fs::rename(folder.join("new.json"), folder.join("lds.json")).unwrap();
}

/// Every filter's configuration changes each second.
///
/// # Panics
/// When Envoy doesn't start.
pub fn updates(build: Build, workers: usize, count: usize) -> Row {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), build, 0);
    let upstream = Upstream::start();
    let mut document = bootstrap(
        vec![Proxy::default().listener("static")],
        Proxy::default().all_clusters(&upstream),
    );
    document["node"] = json!({"id": "edge", "cluster": "edge"});
    let source =
        json!({"resource_api_version": "V3", "path_config_source": {"path": folder.path().join("lds.json")}});
    document["dynamic_resources"] = json!({"lds_config": source});
    let envoy = Envoy::builder(&document.to_string())
        .concurrency(workers)
        .start()
        .unwrap();
    let address = || {
        let listeners = envoy.admin().listeners().ok()?;
        listeners
            .into_iter()
            .find(|(name, _)| name == "dynamic")
            .map(|(_, address)| address)
    };
    let is_over = AtomicBool::new(false);
    let mut early = 0;
    let statuses = thread::scope(|scope| {
        let load = scope.spawn(|| load(address, &is_over));
        for version in 1..=count {
            thread::sleep(Duration::from_secs(1));
            write(folder.path(), build, version);
            if version == count / 4 {
                early = resident_kib(envoy.id());
            }
        }
        thread::sleep(Duration::from_secs(1));
        is_over.store(true, Ordering::Relaxed);
        load.join().unwrap()
    });
    let stats = envoy
        .admin()
        .get("/stats?filter=listener_manager.lds.update_success$")
        .unwrap();
    let taken: usize = stats
        .trim()
        .rsplit(' ')
        .next()
        .and_then(|taken| taken.parse().ok())
        .unwrap_or_default();
    let late = resident_kib(envoy.id());
    let traps = traps(&envoy);
    let failed = failed(&statuses);
    Row {
        promise: "no request fails while configurations change, and the old ones leave nothing behind",
        test: format!(
            "{count} updates of all five filters, one a second, under load; {}, {}",
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!(
            "{traps} traps, {taken} updates taken, requests {statuses:?}; resident {} MiB after a quarter of them, {} MiB after all",
            early / 1024,
            late / 1024,
        ),
        holds: traps == 0 && failed == 0 && taken > count && late < early + early / 4,
    }
}

/// The clock jumps to and fro.
///
/// # Panics
/// When Envoy doesn't start.
pub fn clock_jumps(build: Build, workers: usize) -> Option<Row> {
    const JUMPS: [i64; 6] = [86_400, -86_400, 315_360_000, -315_360_000, 1, 0];
    let clock = Clock::new()?;
    let proxy = clock.in_proxy(build.add(Proxy::default().workers(workers), &filters(0)));
    let envoy = proxy.start(&Upstream::start());
    let is_over = AtomicBool::new(false);
    let statuses = thread::scope(|scope| {
        let load = scope.spawn(|| load(|| Some(envoy.address()), &is_over));
        for seconds in JUMPS {
            thread::sleep(Duration::from_secs(1));
            clock.set(seconds);
        }
        thread::sleep(Duration::from_secs(1));
        is_over.store(true, Ordering::Relaxed);
        load.join().unwrap()
    });
    let traps = traps(&envoy);
    Some(Row {
        promise: "the clock may jump",
        test: format!(
            "by {JUMPS:?} s, a second each, under load; {}, {}",
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!("{traps} traps, requests {statuses:?}"),
        // A quota is empty when the clock is set back, and refills at its rate from then on: here within a microsecond.
        holds: traps == 0
            && statuses.keys().all(|status| [200, 429].contains(status))
            && statuses.get(&429).copied().unwrap_or_default() <= AT_ONCE * JUMPS.len(),
    })
}

/// Another Envoy takes over from the first one.
///
/// # Panics
/// When one of them doesn't start.
pub fn hot_restart(build: Build, workers: usize) -> Row {
    let upstream = Upstream::start();
    let port = free_address().unwrap().port();
    let document = build
        .add(Proxy::default(), &filters(0))
        .configuration(&upstream)
        .to_string();
    // A number that no other Envoy on this machine has.
    let epoch = |epoch| {
        Envoy::builder(&document)
            .port(port)
            .concurrency(workers)
            .hot_restart(u32::from(port), epoch)
            .start()
            .unwrap_or_else(|error| panic!("{error}"))
    };
    let first = epoch(0);
    let address = first.address();
    let is_over = AtomicBool::new(false);
    let (statuses, second) = thread::scope(|scope| {
        let load = scope.spawn(|| load(|| Some(address), &is_over));
        thread::sleep(Duration::from_secs(1));
        let second = epoch(1);
        // Until the first one has gone.
        thread::sleep(Duration::from_secs(4));
        is_over.store(true, Ordering::Relaxed);
        (load.join().unwrap(), second)
    });
    let traps = traps(&first) + traps(&second);
    let failed = failed(&statuses);
    Row {
        promise: "a hot restart loses no request",
        test: format!(
            "an Envoy takes over from another under load; {}, {}",
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!("{traps} traps, requests {statuses:?}"),
        holds: traps == 0 && failed == 0 && !statuses.is_empty(),
    }
}

/// Requests of the load at a time.
const AT_ONCE: usize = 5;
/// Of so many updates, one brings another file of the native module.
const REPLACED_EVERY: usize = 10;
