//! The functions on every runtime that can be had here, behind the chain in a real Envoy: the same cases, the same limits, and no
//! state that one tenant sees of another. `make test-runtimes` builds what this starts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::{
    Error,
    envoy::{self, Envoy},
    function::{Function, Runtime},
    http::Request,
    idp::IdentityProvider,
    progress::Silent,
};
use functions_cases::{Answer, cases, files};
use http_filter_test::skip;
use serde_json::json;
use std::{net::SocketAddr, path::Path, time::Duration};

/// The function on each runtime that can be had here; the others are told.
fn running(dist: &str, folder: &Path) -> Vec<Function> {
    let start = |name: &&str| {
        let runtime = Runtime::named(name)?;
        Function::start_built(dist, folder, &format!("run-{name}"), "eu", runtime, &Silent)
    };
    let mut running = Vec::new();
    for name in Runtime::NAMES {
        match start(&name) {
            Ok(function) => running.push(function),
            Err(error @ Error::Missing { .. }) => skip(&format!("envoy: functions on {name}: {error}")),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(!running.is_empty(), "none of the runtimes is here");
    running
}

/// The shipped chain in front of them. Nobody else is there.
fn chain(functions: &[Function]) -> Envoy {
    let mut builder = Envoy::builder(&envoy::shipped("chain.yaml").unwrap());
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    for name in [
        "functions",
        "functions-wasmedge",
        "legacy",
        "idp",
        "ratelimit",
        "otel-collector",
    ] {
        builder = builder.service(name, nobody);
    }
    for function in functions {
        let host = format!("run-{}", function.runtime().name());
        builder = builder.service(&host, function.address());
    }
    builder.start().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_runtime_answers_the_same_cases() {
    let folder = tempfile::tempdir().unwrap();
    for function in running("dist", folder.path()) {
        let runtime = function.runtime().name();
        let in_rust = !matches!(function.runtime(), Runtime::JavaScript | Runtime::Python);
        let mut files = files().unwrap();
        if *function.runtime() == Runtime::Composed {
            files.push("composed/orders".to_owned());
        }
        for file in files {
            if file != "core" && !in_rust {
                continue;
            }
            for case in cases(&file).unwrap_or_else(|error| panic!("{error}")) {
                let mut request = Request::new(&case.request.method, &case.request.path);
                for (name, value) in case.request.lines() {
                    request = request.header(&name, value);
                }
                request.body = case.request.body().unwrap();
                let response = request.send(function.address());
                let response = response.unwrap_or_else(|error| panic!("{runtime}: {}: {error}", case.name));
                let answer = Answer {
                    status: response.status,
                    headers: response
                        .headers
                        .iter()
                        .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()))
                        .collect(),
                    body: response.body,
                };
                let mistakes = case.response.mistakes(&answer);
                assert!(mistakes.is_empty(), "{runtime}: {}: {mistakes:?}", case.name);
            }
        }
    }
}

#[test]
fn the_path_decides_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let mut functions = running("dist", folder.path());
    let away = functions.pop().unwrap();
    let gone = away.runtime().name();
    drop(away);
    let envoy = chain(&functions);
    for function in &functions {
        let runtime = function.runtime().name();
        let asked = |path: &str| {
            Request::get(&format!("/run/{runtime}{path}"))
                .send(envoy.address())
                .unwrap()
        };
        let traced = Request::get(&format!("/run/{runtime}/geo")).header("traceparent", PARENT);
        let geo = traced.send(envoy.address()).unwrap().json();
        let trace = geo["headers"]["traceparent"].as_str().unwrap_or_default();
        assert!(
            trace.starts_with(TRACE) && trace.len() == PARENT.len(),
            "{runtime}: the client's trace goes on: {geo}"
        );
        assert_eq!(geo["served_by"]["runtime"], runtime, "{runtime}: {geo}");
        assert_eq!(
            geo["headers"]["x-edge-cluster"], "edge-eu",
            "{runtime}: what the filters decided comes along: {geo}"
        );
        let unknown = asked("/nothing");
        assert_eq!(
            (unknown.status, unknown.json()["type"].as_str()),
            (404, Some("urn:edge:problem:not_found")),
            "{runtime}"
        );
        let compute = Request::post_json(&format!("/run/{runtime}/aggregate"), &json!([1]));
        assert_eq!(
            compute.send(envoy.address()).unwrap().status,
            401,
            "{runtime}: as protected as the other way"
        );
    }
    let answer = Request::get(&format!("/run/{gone}/geo"))
        .send(envoy.address())
        .unwrap();
    assert_eq!(answer.status, 503, "{}", answer.text());
    let problem = answer.json();
    assert_eq!(
        problem["type"], "urn:edge:problem:runtime_unavailable",
        "{problem}"
    );
    assert_eq!(problem["runtime"], format!("run-{gone}"), "{problem}");
}

#[test]
fn a_token_opens_the_same_functions_on_every_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let functions = running("dist", folder.path());
    let idp = IdentityProvider::start().unwrap();
    let mut builder = Envoy::builder(&envoy::shipped("chain.yaml").unwrap()).service("idp", idp.address());
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    for name in [
        "functions",
        "functions-wasmedge",
        "legacy",
        "ratelimit",
        "otel-collector",
    ] {
        builder = builder.service(name, nobody);
    }
    for function in &functions {
        let host = format!("run-{}", function.runtime().name());
        builder = builder.service(&host, function.address());
    }
    let envoy = builder.start().unwrap_or_else(|error| panic!("{error}"));
    for function in &functions {
        let runtime = function.runtime().name();
        // A quota each.
        let token = idp
            .token(&format!("sub={runtime}&aud=edge&scope=compute&alg=ES256"))
            .unwrap();
        let request = Request::post_json(&format!("/run/{runtime}/aggregate"), &json!([1, 2, 6]));
        let answer = request
            .header("authorization", format!("Bearer {token}"))
            .send(envoy.address())
            .unwrap();
        assert_eq!(
            (answer.status, answer.json()["sum"].as_f64()),
            (200, Some(9.0)),
            "{runtime}: {}",
            answer.text()
        );
    }
    let Some(composed) = functions
        .iter()
        .find(|function| *function.runtime() == Runtime::Composed)
    else {
        return;
    };
    let order = |roles: &str| {
        let token = idp.token(&format!("sub=ada&aud=edge&roles={roles}")).unwrap();
        let order = json!({"country": "DE", "items": [{"sku": "lamp", "quantity": 2, "cents": 1999}]});
        Request::post_json(&format!("/run/{}/order", composed.runtime().name()), &order)
            .header("authorization", format!("Bearer {token}"))
            .send(envoy.address())
            .unwrap()
    };
    let decided = order("reader,buyer");
    assert_eq!(decided.status, 200, "{}", decided.text());
    let decided = decided.json();
    assert_eq!(
        (
            &decided["customer"],
            &decided["total_cents"],
            &decided["accepted"]
        ),
        (&json!("ada"), &json!(3998), &json!(true)),
        "what the token says decides: {decided}"
    );
    assert_eq!(order("reader").status, 403);
}

/// Within the time that a route gives, the next request is served again.
#[test]
fn what_misbehaves_is_ended_and_the_next_request_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let functions = running("dist/misbehaving", folder.path());
    let envoy = chain(&functions);
    for function in &functions {
        let runtime = function.runtime().name();
        for how in ["loop", "allocate", "trap"] {
            let asked = |path: &str| {
                Request::get(&format!("/run/{runtime}{path}"))
                    .send(envoy.address())
                    .unwrap()
            };
            let ended = asked(&format!("/misbehave/{how}"));
            assert_eq!(ended.status, 503, "{runtime}: {how}: {}", ended.text());
            assert_eq!(
                ended.header("content-type").as_deref(),
                Some("application/problem+json"),
                "{runtime}: {how}: {}",
                ended.text()
            );
            assert!(
                ended.elapsed < Duration::from_secs(9),
                "{runtime}: {how}: {:?}",
                ended.elapsed
            );
            let served = integration::eventually(Duration::from_secs(10), || asked("/health").status == 200);
            assert!(served, "{runtime}: nothing is served after {how}");
        }
        let ends = ends_told(function);
        match function.runtime() {
            // Their host ends the instance, and goes on.
            Runtime::Wasmtime
            | Runtime::WasmtimeAhead
            | Runtime::JavaScript
            | Runtime::Python
            | Runtime::Composed => {
                assert_eq!(ends, 0.0, "{runtime}");
            }
            _ => assert!(ends >= 1.0, "{runtime}: {ends} ends are told"),
        }
    }
}

/// How often what watches it has seen it end.
fn ends_told(function: &Function) -> f64 {
    let told = Request::get("/metrics")
        .send(function.metrics().unwrap())
        .unwrap();
    let told = told.text();
    let ends = told
        .lines()
        .filter(|line| line.starts_with("function_ends_total{"));
    ends.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
        .sum()
}

/// Where every request has an instance of its own, none finds what another has left, of whichever tenant; elsewhere tenants have
/// a process each.
#[test]
fn tenants_do_not_see_each_others_state() {
    let [ours, theirs] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let remembered = |function: &Function| {
        let answer = Request::get("/misbehave/remember")
            .send(function.address())
            .unwrap();
        answer.json()["requests"].as_u64()
    };
    let other = running("dist/misbehaving", theirs.path());
    for (one, other) in running("dist/misbehaving", ours.path()).iter().zip(&other) {
        let runtime = one.runtime().name();
        let second = match one.runtime().starts_an_instance_per_request() {
            true => 1,
            false => 2,
        };
        assert_eq!(
            [remembered(one), remembered(one)],
            [Some(1), Some(second)],
            "{runtime}: one tenant, twice"
        );
        assert_eq!(remembered(other), Some(1), "{runtime}: another tenant");
    }
}

/// A client's trace, by the version and its identifier, and the client's span in it.
const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
