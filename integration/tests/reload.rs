//! Configuration updates: a wrong one is refused with the path of the field, and the one before it keeps serving.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use edge_demo::{envoy::Envoy, http::Request};
use integration::{Proxy, Upstream, bootstrap, module};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};

/// An Envoy whose listener comes from a file, as from a control plane.
struct Dynamic {
    envoy: Envoy,
    folder: tempfile::TempDir,
}

impl Dynamic {
    fn start(filter: &str, configuration: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), filter, configuration);
        let upstream = Upstream::start();
        // A listener of its own keeps the admin interface and the harness happy; the tested one comes by file.
        let mut static_part = bootstrap(
            vec![Proxy::default().listener("static")],
            Proxy::default().all_clusters(&upstream),
        );
        static_part["node"] = json!({"id": "edge", "cluster": "edge"});
        static_part["dynamic_resources"] = json!({"lds_config": {"resource_api_version": "V3", "path_config_source": {"path": folder.path().join("lds.json")}}});
        let envoy = Envoy::start(&static_part.to_string()).unwrap();
        Self { envoy, folder }
    }

    /// Replaces the configuration, and waits until Envoy has taken or refused it.
    fn update(&self, filter: &str, configuration: &Value) -> bool {
        let before = (self.stat("lds.update_success"), self.stat("lds.update_rejected"));
        write(self.folder.path(), filter, configuration);
        for _ in 0..200 {
            std::thread::sleep(Duration::from_millis(50));
            if self.stat("lds.update_rejected") > before.1 {
                return false;
            }
            if self.stat("lds.update_success") > before.0 {
                return true;
            }
        }
        panic!("Envoy did not look at the update:\n{}", self.envoy.log());
    }

    fn stat(&self, name: &str) -> u64 {
        let stats = self
            .envoy
            .admin()
            .get(&format!("/stats?filter=listener_manager.{name}$"))
            .unwrap();
        stats.rsplit(' ').next().unwrap().trim().parse().unwrap()
    }

    fn status(&self) -> u16 {
        for _ in 0..100 {
            let listeners = self.envoy.admin().listeners().unwrap();
            if let Some((_, address)) = listeners.into_iter().find(|(name, _)| name == "dynamic") {
                return Request::get("/").send(address).unwrap().status;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the listener never came:\n{}", self.envoy.log());
    }
}

fn write(folder: &Path, filter: &str, configuration: &Value) {
    let mut listener = Proxy::default().filter(filter, configuration).listener("dynamic");
    listener["@type"] = json!("type.googleapis.com/envoy.config.listener.v3.Listener");
    let response = json!({"version_info": "1", "resources": [listener]});
    // Envoy watches for a file that is moved into place.
    fs::write(folder.join("new.json"), response.to_string()).unwrap();
    fs::rename(folder.join("new.json"), folder.join("lds.json")).unwrap();
}

#[test]
fn a_wrong_update_is_refused_and_the_previous_one_keeps_serving() {
    let _ = module::shipped("jwt-auth");
    let jwks = json!({"keys": [{"kty": "oct", "alg": "HS256", "kid": "1", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC0xMjM0"}]});
    let good = json!({"providers": {"corp": {"issuer": "https://idp.example", "algorithms": ["HS256"], "jwks": jwks}}});
    let dynamic = Dynamic::start("jwt-auth", &good);
    assert_eq!(dynamic.status(), 401);
    for (name, wrong, expected) in [
        (
            "an unknown field",
            json!({"provider": {}}),
            "provider: found an unknown field",
        ),
        (
            "a wrong type",
            json!({"providers": {"corp": {"issuer": 7}}}),
            "providers.corp.issuer: found 7, expected a text",
        ),
        (
            "an impossible value",
            json!({"providers": {"corp": {"issuer": "https://idp.example", "jwks": {"uri": "https://idp.example/k", "cluster": "idp", "timeout": "soon"}}}}),
            "providers.corp.jwks.timeout",
        ),
    ] {
        assert!(!dynamic.update("jwt-auth", &wrong), "{name} is accepted");
        assert!(
            dynamic.envoy.log().contains(expected),
            "{name}: the log lacks {expected:?}:\n{}",
            dynamic.envoy.log()
        );
        assert_eq!(
            dynamic.status(),
            401,
            "after {name}, the previous configuration serves"
        );
    }
    let mut open = good.clone();
    open["rules"] = json!([{"allow": "anyone"}]);
    assert!(
        dynamic.update("jwt-auth", &open),
        "a right one is accepted:\n{}",
        dynamic.envoy.log()
    );
    let became_open = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        dynamic.status() == 200
    });
    assert!(became_open, "the new configuration serves");
}
