//! The Envoy of the plain Deployment, started with the Deployment's own arguments.

use super::manifest::{documents, root};
use edge_demo::{
    envoy::Envoy,
    http::Request,
    process::{Process, free_address},
    progress::Silent,
    tool,
};
use integration::{Upstream, eventually, module::workspace, succeed};
use serde_json::Value;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

/// The container of the Deployment.
fn container() -> Value {
    let text = std::fs::read_to_string(root().join("kubernetes/base/edge/deployment.yaml")).unwrap();
    documents(&text)[0]["spec"]["template"]["spec"]["containers"][0].clone()
}

/// Its arguments, or the command of something in it, with this machine's ports and paths.
fn moved(words: &Value, ports: &[(&str, SocketAddr)]) -> Vec<String> {
    let words = words
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap());
    words
        .map(|word| {
            let mut word = word.to_owned();
            for (port, address) in ports {
                word = word.replace(*port, &address.port().to_string());
            }
            word
        })
        .collect()
}

#[test]
fn envoy_says_when_it_is_ready_and_takes_its_leave() {
    let folder = tempfile::tempdir().unwrap();
    let upstream = Upstream::start();
    let (edge, admin, operations) = (
        free_address().unwrap(),
        free_address().unwrap(),
        free_address().unwrap(),
    );
    let ports = [("9901", admin), ("9902", operations)];

    // chain.yaml, with services and ports of this machine.
    let chain = std::fs::read_to_string(workspace().join("envoy/chain.yaml")).unwrap();
    let mut configuration = Envoy::builder(&chain)
        .service("functions", upstream.address())
        .service("legacy", upstream.address())
        .port(edge.port())
        .configuration()
        .unwrap();
    configuration["admin"]["address"]["socket_address"]["port_value"] = admin.port().into();
    let file = folder.path().join("chain.yaml");
    std::fs::write(&file, configuration.to_string()).unwrap();

    let container = container();
    assert_eq!(
        container["workingDir"], "/edge",
        "what chain.yaml's dist/ is relative to"
    );
    let mut arguments = moved(&container["args"], &ports);
    let path = arguments.iter().position(|word| word == "--config-path").unwrap() + 1;
    assert_eq!(arguments[path], "/edge/envoy/chain.yaml");
    arguments[path] = file.display().to_string();
    let mut command = Command::new(tool::from_script("envoy").unwrap());
    command.current_dir(workspace()).args(arguments).args([
        "--disable-hot-restart",
        "--log-level",
        "warning",
    ]);
    let mut envoy = Process::spawn("envoy", command, &folder.path().join("envoy.log")).unwrap();

    // The probes' paths.
    let status =
        |to: SocketAddr, path: &str| Request::get(path).send(to).map(|response| response.status).ok();
    for probe in ["startupProbe", "readinessProbe"] {
        assert_eq!(container[probe]["httpGet"]["path"], "/ready");
        assert_eq!(container[probe]["httpGet"]["port"], "operations");
    }
    let limit = Duration::from_secs(60);
    envoy
        .wait_until(limit, &Silent, |_| {
            (status(operations, "/ready") == Some(200)).then_some(())
        })
        .unwrap();

    assert_eq!(status(edge, "/"), Some(200), "{}", envoy.log());
    let metrics = Request::get("/stats/prometheus").send(operations).unwrap();
    assert!(metrics.text().contains("envoy_cluster_upstream_rq"));
    for hidden in [
        "/",
        "/config_dump",
        "/quitquitquit",
        "/ready/../config_dump",
        "/stats",
    ] {
        assert_eq!(status(operations, hidden), Some(404), "{hidden}");
    }

    // preStop: not ready, and connections are closed after a response, while requests are still answered.
    let stop = moved(&container["lifecycle"]["preStop"]["exec"]["command"], &ports);
    let script = stop[2]
        .lines()
        .filter(|line| !line.starts_with("sleep"))
        .collect::<Vec<_>>()
        .join("\n");
    succeed(Command::new(&stop[0]).args([&stop[1], &script]));
    assert!(eventually(limit, || status(operations, "/ready") == Some(503)));
    let last = Request::get("/").send(edge).unwrap();
    assert_eq!(
        (last.status, last.header("connection").as_deref()),
        (200, Some("close"))
    );
    envoy.stop();
}
