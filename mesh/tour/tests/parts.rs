//! Each part of the mesh starts, listens where it says, and is gone when its guard is.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use edge_demo::Error;
use edge_demo::envoy::{self, Envoy};
use edge_demo::http::{Connection, Request};
use edge_demo::idp::IdentityProvider;
use edge_demo::legacy::Legacy;
use edge_demo::tool;

const TWO_LISTENERS: &str = r#"
static_resources:
  listeners:
  - &listener
    name: edge
    address: {socket_address: {address: 0.0.0.0, port_value: 10000}}
    filter_chains:
    - filters:
      - name: http
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: edge
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - {match: {path: /direct}, direct_response: {status: 418, body: {inline_string: teapot}}}
              - {match: {prefix: /}, route: {cluster: idp}}
          http_filters:
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  - <<: *listener
    name: other
    address: {socket_address: {address: 127.0.0.1, port_value: 10001}}
  clusters:
  - name: idp
    type: STRICT_DNS
    load_assignment:
      cluster_name: idp
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: idp, port_value: 8080}}}}]}]
"#;

/// Whether Envoy and Node.js are there without being fetched or installed: this file belongs to the tier that needs neither.
fn at_hand() -> bool {
    let tools = std::env::var_os("EDGE_TOOLS").map_or_else(|| tool::root().join(".tools"), Into::into);
    let fetched = fs::read_dir(tools)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.path().join("envoy").is_file());
    let envoy = fetched || std::env::var_os("ENVOY_BIN").is_some() || tool::in_path("envoy").is_some();
    let there = envoy && tool::in_path("node").is_some();
    if !there {
        let skipped =
            "native: the parts of the mesh: Envoy is not fetched yet (make tools), or Node.js not installed";
        eprintln!("SKIPPED: {skipped}");
        assert!(std::env::var_os("EDGE_NO_SKIP").is_none(), "EDGE_NO_SKIP is set");
        if let Some(log) = std::env::var_os("EDGE_SKIP_LOG") {
            // In one piece: other tests write at the same moment.
            let mut log = fs::File::options().append(true).create(true).open(log).unwrap();
            log.write_all(format!("{skipped}\n").as_bytes()).unwrap();
        }
    }
    there
}

#[test]
fn envoy_in_front_of_the_identity_provider() {
    if !at_hand() {
        return;
    }
    let idp = IdentityProvider::start().unwrap();
    let mut envoy = Envoy::builder(TWO_LISTENERS)
        .service("idp", idp.address())
        .start()
        .unwrap();
    assert!(envoy.is_running());
    assert_ne!(envoy.address(), envoy.listener("other").unwrap());

    let mut connection = Connection::open(envoy.address()).unwrap();
    let direct = connection.send(&Request::get("/direct")).unwrap();
    assert_eq!((direct.status, direct.text().as_str()), (418, "teapot"));
    let keys = connection.send(&Request::get("/jwks.json")).unwrap();
    assert_eq!(keys.json()["keys"].as_array().unwrap().len(), 3);
    assert_eq!(idp.jwks_fetches().unwrap(), 1);
    assert!(
        envoy
            .admin()
            .stats("downstream_rq_2xx")
            .unwrap()
            .values()
            .any(|count| *count > 0)
    );

    let (envoy_address, idp_address) = (envoy.address(), idp.address());
    drop(envoy);
    drop(idp);
    assert!(TcpStream::connect(envoy_address).is_err());
    assert!(TcpStream::connect(idp_address).is_err());
}

#[test]
fn the_identity_provider_does_as_it_is_told() {
    if !at_hand() {
        return;
    }
    let idp = IdentityProvider::start().unwrap();
    let token = idp.token("sub=alice&alg=ES256").unwrap();
    assert_eq!(token.split('.').count(), 3);
    assert!(matches!(idp.token("alg=none"), Err(Error::Unexpected(_))));

    let first_key = |idp: &IdentityProvider| {
        Request::get("/jwks.json").send(idp.address()).unwrap().json()["keys"][0]["kid"].clone()
    };
    let before = first_key(&idp);
    idp.rotate().unwrap();
    assert_ne!(before, first_key(&idp));
    idp.behave("500", Duration::ZERO).unwrap();
    assert_eq!(
        Request::get("/jwks.json").send(idp.address()).unwrap().status,
        500
    );
    idp.behave("down", Duration::ZERO).unwrap();
    assert!(Request::get("/jwks.json").send(idp.address()).is_err());
    idp.behave("ok", Duration::ZERO).unwrap();
    assert_eq!(first_key(&idp).as_str().map(str::len), Some(43));
}

#[test]
fn a_configuration_that_envoy_refuses_is_an_error_with_its_words() {
    if !at_hand() {
        return;
    }
    let wrong = TWO_LISTENERS.replace("stat_prefix: edge", "stat_prefix: edge\n          colour: blue");
    for error in [
        envoy::validate(&wrong).unwrap_err(),
        Envoy::start(&wrong).unwrap_err(),
    ] {
        assert!(error.to_string().contains("colour"), "{error}");
    }
    envoy::validate(TWO_LISTENERS).unwrap();
}

#[test]
fn the_static_backend_serves_with_validators() {
    let legacy = Legacy::start().unwrap();
    let page = Request::get("/").send(legacy.address()).unwrap();
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<h1>Your request at the edge</h1>"));
    let data = Request::get("/api/orders.json").send(legacy.address()).unwrap();
    assert_eq!(data.header("content-type").as_deref(), Some("application/json"));
    let etag = data.header("etag").unwrap();
    let again = Request::get("/api/orders.json")
        .header("if-none-match", etag)
        .send(legacy.address())
        .unwrap();
    assert_eq!(again.status, 304);
}
