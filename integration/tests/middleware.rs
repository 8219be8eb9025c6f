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
use flate2::read::GzDecoder;
use http_filter_test::skip;
use serde_json::{Value, json};
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::mpsc::{Receiver, sync_channel},
    thread,
    time::Duration,
};

/// The component in front of `upstream`; `None` where it isn't built.
fn middleware(
    folder: &Path,
    filters: &Value,
    upstream: SocketAddr,
    idp: SocketAddr,
    limits: &str,
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
        .args(["-W", limits])
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
    let idp_address = idp.address();
    let Some((middleware, address)) =
        middleware(folder.path(), &filters, function.address(), idp_address, LIMITS)
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

/// An encoded body of three times the memory that its component gets, each piece on its way before the next one has come.
#[test]
fn encoded_bodies_stream() {
    let folder = tempfile::tempdir().unwrap();
    let filters = json!({"compression_negotiation": {"encode": true}});
    let (upstream, pieces) = sync_channel(1);
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let limits = "fuel=100000000000,timeout=60s,max-memory-size=16777216";
    let Some((middleware, address)) =
        middleware(folder.path(), &filters, answering_one(pieces), nobody, limits)
    else {
        return;
    };
    let mut client = BufReader::new(TcpStream::connect(address).unwrap());
    client
        .get_mut()
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // By this version the end of the connection is the end of the body.
    let request = b"GET /text HTTP/1.0\r\nhost: localhost\r\naccept-encoding: gzip\r\n\r\n";
    client.get_mut().write_all(request).unwrap();
    upstream.send(b"the first piece\n".to_vec()).unwrap();
    let head = read_head(&mut client).to_ascii_lowercase();
    assert!(
        head.starts_with("http/1.0 200") && head.contains("content-encoding: gzip"),
        "{head}\n{}",
        middleware.log()
    );

    let mut plain = GzDecoder::new(client);
    let mut first = [0; 16];
    plain
        .read_exact(&mut first)
        .unwrap_or_else(|error| panic!("the first piece waits for others: {error}\n{}", middleware.log()));
    assert_eq!(&first, b"the first piece\n");
    let sending = thread::spawn(move || {
        for _ in 0..LARGE / PIECE {
            let line = b"one line of many, and each of them the same\n";
            let piece = line.iter().copied().cycle().take(PIECE).collect();
            upstream.send(piece).unwrap();
        }
    });
    let rest = io::copy(&mut plain, &mut io::sink());
    let rest = rest.unwrap_or_else(|error| panic!("{error}\n{}", middleware.log()));
    assert_eq!(rest, LARGE as u64);
    sending.join().unwrap();
}

/// A server that answers one request with text of unknown length, piece by piece, as they are given.
fn answering_one(pieces: Receiver<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        read_head(&mut stream);
        let stream = stream.get_mut();
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).unwrap();
        for piece in pieces {
            stream
                .write_all(format!("{:x}\r\n", piece.len()).as_bytes())
                .unwrap();
            stream.write_all(&[&piece, &b"\r\n"[..]].concat()).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    address
}

fn read_head(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).unwrap() > 0 {}
    head
}

const LIMITS: &str = "fuel=1000000000,timeout=60s,max-memory-size=67108864";
/// In bytes: what a body has, and a piece of it.
const LARGE: usize = 48 * 1024 * 1024;
const PIECE: usize = 64 * 1024;
