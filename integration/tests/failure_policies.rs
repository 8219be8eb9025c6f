//! What Envoy makes of a module that traps, by the plugin's `failure_policy`: what clients see, what recovers, and when. The
//! shipped configurations choose by it.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_demo::{envoy::Envoy, http::Request};
use integration::{Answer, Proxy, Upstream, eventually, module};
use serde_json::{Value, json};
use std::{path::PathBuf, thread, time::Duration};

/// Marks every response, and traps where a message has twenty fields: of a request, or of a response.
const TRAPPING: &str = r#"(module
  (import "env" "proxy_add_header_map_value" (func $add (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "x-filterruns")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 1))
  (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 1))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_done") (param i32) (result i32) (i32.const 1))
  (func (export "proxy_on_delete") (param i32))
  (func $check (param $fields i32)
    (if (i32.ge_s (local.get $fields) (i32.const 20)) (then (unreachable))))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (call $check (local.get 1))
    (i32.const 0))
  (func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32)
    (call $check (local.get 1))
    (drop (call $add (i32.const 2) (i32.const 0) (i32.const 8) (i32.const 8) (i32.const 4)))
    (i32.const 0)))"#;

struct World {
    envoy: Envoy,
    upstream: Upstream,
    _folder: tempfile::TempDir,
}

/// What a client saw: the status, and whether the filter had a hand in it.
type Seen = (u16, bool);

const RUNS: Seen = (200, true);
const PASSES: Seen = (200, false);
const FAILS: Seen = (503, false);

impl World {
    fn start(plugin: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("trapping.wasm");
        std::fs::write(&path, wat::parse_str(TRAPPING).unwrap()).unwrap();
        let upstream = Upstream::start();
        let envoy = Proxy::default()
            .wasm("trapping", &path, &Value::Null, plugin)
            .start(&upstream);
        Self {
            envoy,
            upstream,
            _folder: folder,
        }
    }

    fn see(&self, request: &Request) -> Seen {
        let response = request.send(self.envoy.address()).unwrap();
        (response.status, response.header("x-filter").is_some())
    }

    fn ordinary(&self) -> Seen {
        self.see(&Request::get("/"))
    }

    /// Has the module trap, in a request or in a response, while another request is at its upstream: what the one saw whose
    /// message did it, the other one, and the next.
    fn trap(&self, in_response: bool) -> [Seen; 3] {
        let many = (0..20).map(|number| format!("x-{number}"));
        self.upstream.answer_next_with(Answer {
            delay: Duration::from_millis(500),
            ..Answer::text("slow")
        });
        thread::scope(|scope| {
            let other = scope.spawn(|| self.ordinary());
            thread::sleep(Duration::from_millis(200));
            let trapping = if in_response {
                let answer = many.fold(Answer::text("many"), |answer, name| answer.header(&name, "y"));
                self.upstream.answer_next_with(answer);
                self.ordinary()
            } else {
                self.see(&many.fold(Request::get("/"), |request, name| request.header(&name, "y")))
            };
            let next = self.ordinary();
            [trapping, other.join().unwrap(), next]
        })
    }

    fn trap_at_once(&self) {
        let request = (0..20).fold(Request::get("/"), |request, number| {
            request.header(&format!("x-{number}"), "y")
        });
        assert_eq!(self.see(&request), FAILS);
    }

    fn recovers(&self) -> bool {
        eventually(Duration::from_secs(3), || self.ordinary() == RUNS)
    }

    fn reloads(&self) -> u64 {
        let stats = self.envoy.admin().stats("vm_reload_success").unwrap();
        stats.values().sum()
    }
}

fn reload() -> Value {
    json!({
        "failure_policy": "FAIL_RELOAD",
        "reload_config": {"backoff": {"base_interval": "0.1s", "max_interval": "1s"}},
    })
}

#[test]
fn a_module_that_traps() {
    for (policy, plugin, next, stays) in [
        ("FAIL_RELOAD", reload(), RUNS, RUNS),
        (
            "FAIL_CLOSED",
            json!({"failure_policy": "FAIL_CLOSED"}),
            FAILS,
            FAILS,
        ),
        (
            "FAIL_OPEN",
            json!({"failure_policy": "FAIL_OPEN"}),
            PASSES,
            PASSES,
        ),
        ("none, which is FAIL_CLOSED", json!({}), FAILS, FAILS),
    ] {
        for (phase, in_response) in [("in a request", false), ("in a response", true)] {
            let name = format!("{policy}, {phase}");
            let world = World::start(plugin.clone());
            assert_eq!(world.ordinary(), RUNS, "{name}");
            let [trapping, other, following] = world.trap(in_response);
            assert_eq!(trapping, FAILS, "{name}: whose message it was");
            assert_eq!(other, FAILS, "{name}: one that was in the same VM");
            assert_eq!(following, next, "{name}: the next one");
            // Longer than any pause before a VM is replaced.
            thread::sleep(Duration::from_millis(1500));
            assert_eq!(world.ordinary(), stays, "{name}: later");
            assert_eq!(world.reloads(), u64::from(stays == RUNS), "{name}: counted");
        }
    }
}

/// A module that traps at every turn is replaced at most once in a pause: in between, requests fail.
#[test]
fn a_module_that_traps_again_and_again() {
    let world = World::start(reload());
    for _ in 0..20 {
        world.trap_at_once();
    }
    assert!(world.reloads() < 20, "{}", world.reloads());
    assert!(world.recovers(), "it comes back when it traps no longer");
}

/// A filter that is off for good would be so in silence: Envoy counts nothing of it.
#[test]
fn no_shipped_configuration_leaves_a_filter_off() {
    let mut seen = 0;
    for folder in ["envoy", "envoy/before-1.38", "deploy/istio"] {
        let mut folders = vec![module::workspace().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "yaml") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    assert!(!text.contains(": FAIL_OPEN"), "{}", path.display());
                    seen += text.matches("FAIL_RELOAD").count();
                }
            }
        }
    }
    assert!(seen >= 20, "{seen}");
}
