//! Our filters as a `wasi:http` component in front of a function on wasmtime: the same policies, without Envoy.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::{
    Error,
    function::{Function, Runtime},
    http::{Request, Response},
    idp::IdentityProvider,
    process::{Process, free_address},
    progress::Silent,
    tool,
};
use http_filter_test::skip;
use serde_json::{Value, json};
use std::{
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    time::Duration,
};

/// The component in front of `upstream`; `None` where it isn't built.
fn middleware(
    folder: &Path,
    filters: &Value,
    upstream: SocketAddr,
    idp: SocketAddr,
) -> Option<(Process, SocketAddr)> {
    let component = tool::root().join("dist/functions/functions-middleware.cwasm");
    if !component.is_file() {
        skip("envoy: filters in front of a function: run `make functions RUNTIME=middleware`");
        return None;
    }
    let address = free_address().unwrap();
    let mut command = Command::new(tool::from_script("wasmtime").unwrap());
    command
        .args(["serve", "--allow-precompiled", "-S", "cli"])
        .args(["-W", "fuel=1000000000,timeout=60s,max-memory-size=67108864"])
        .args(["-O", "pooling-allocator=y"])
        .args(["--addr", &address.to_string()])
        .args(["--env", &format!("FILTERS={filters}")])
        .args(["--env", &format!("UPSTREAM=http://{upstream}")])
        .args(["--env", &format!("CLUSTER_IDP=http://{idp}")])
        .arg(component);
    let mut process = Process::spawn("middleware", command, &folder.join("middleware.log")).unwrap();
    process
        .wait_until(Duration::from_secs(30), &Silent, |_| {
            TcpStream::connect(address).ok()
        })
        .unwrap();
    Some((process, address))
}

#[test]
fn policies_follow_the_function() {
    let folder = tempfile::tempdir().unwrap();
    let idp = IdentityProvider::start().unwrap();
    let function = match Function::start_in(folder.path(), "function", "eu", Runtime::WasmtimeAhead, &Silent)
    {
        Ok(function) => function,
        Err(error @ Error::Missing { .. }) => {
            return skip(&format!("envoy: filters in front of a function: {error}"));
        }
        Err(error) => panic!("{error}"),
    };
    let filters = json!({
        "jwt_auth": {
            "providers": {"demo": {
                "issuer": "https://idp.example.com", "audiences": "edge", "algorithms": ["ES256", "RS256", "EdDSA"],
                "jwks": {"uri": "http://idp:8080/jwks.json", "cluster": "idp"},
                "headers": {"x-user": "sub"},
            }},
            "rules": [
                {"match": {"path": "/aggregate"}, "require": "demo", "scopes": ["compute"]},
                {"match": {"path": "/geo"}, "require": "demo", "optional": true},
                {"allow": "anyone"},
            ],
        },
        "cache_headers": {"rules": [{"match": {"path": "/asset/*", "status": 200}, "browser": {"max_age": "1h"}}]},
        "compression_negotiation": {},
    });
    let Some((middleware, address)) = middleware(folder.path(), &filters, function.address(), idp.address())
    else {
        return;
    };
    let send = |request: Request| -> Response {
        request
            .send(address)
            .unwrap_or_else(|error| panic!("{error}\n{}", middleware.log()))
    };
    let compute = || Request::post_json("/aggregate", &json!([1, 2, 6]));
    let bearer = |request: Request, token: &str| request.header("authorization", format!("Bearer {token}"));

    let refused = send(compute());
    assert_eq!(refused.status, 401, "{}\n{}", refused.text(), middleware.log());
    assert!(refused.header("www-authenticate").unwrap().starts_with("Bearer"));
    for algorithm in ["ES256", "RS256", "EdDSA"] {
        let token = idp
            .token(&format!("sub=ada&aud=edge&scope=compute&alg={algorithm}"))
            .unwrap();
        let answer = send(bearer(compute(), &token));
        assert_eq!(
            (answer.status, answer.json()["sum"].as_f64()),
            (200, Some(9.0)),
            "{algorithm}: {}\n{}",
            answer.text(),
            middleware.log()
        );
        let forged = format!("{}AAAA", &token.get(..token.len() - 4).unwrap());
        assert_eq!(send(bearer(compute(), &forged)).status, 401, "{algorithm}");
    }
    let narrow = idp.token("sub=ada&aud=edge&scope=read").unwrap();
    assert_eq!(send(bearer(compute(), &narrow)).status, 403);
    let claims = send(bearer(Request::get("/geo"), &narrow).header("x-user", "mallory")).json();
    assert_eq!(claims["headers"]["x-user"], "ada", "{claims}");
    assert_eq!(claims["authorization_reached_backend"], false, "{claims}");

    let asset = send(Request::get("/asset/edge.css").header("accept-encoding", "gzip, br"));
    assert_eq!(
        (asset.status, asset.header("cache-control").as_deref()),
        (200, Some("max-age=3600")),
        "{asset:?}"
    );
    assert!(
        asset
            .header("vary")
            .is_some_and(|vary| vary.to_lowercase().contains("accept-encoding")),
        "{asset:?}"
    );
    let pieces = send(Request::get("/stream?n=3&ms=50"));
    assert_eq!(pieces.text(), "chunk 1 of 3\nchunk 2 of 3\nchunk 3 of 3\n");
    assert!(
        pieces.elapsed > Duration::from_millis(90),
        "in their rhythm: {:?}",
        pieces.elapsed
    );
}
