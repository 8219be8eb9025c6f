//! Clients that come over TLS with certificates of their own, and over HTTP/3. Another Envoy is the client.

use super::{
    Build, Row,
    crowds::{counted, traps},
};
use crate::{Proxy, Upstream, bootstrap, crowd, succeed};
use edge_demo::{envoy::Envoy, tool};
use serde_json::{Value, json};
use std::{io::Write, net::TcpStream, path::Path, process::Command, time::Duration};

/// How clients reach the Envoy with the filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// TLS, both sides with certificates.
    MutualTls,
    /// HTTP/3.
    Http3,
}

/// Requests that way; `None` where there is no `openssl` to make certificates.
///
/// # Panics
/// When an Envoy doesn't start.
pub fn encrypted(way: Way, build: Build, workers: usize, count: usize) -> Option<Row> {
    tool::in_path("openssl")?;
    let folder = tempfile::tempdir().unwrap();
    let fingerprint = certificates(folder.path());
    let upstream = Upstream::start();
    let filters = [
        (
            "jwt-auth",
            json!({"providers": {"corp": {"pem": PEM, "algorithms": ["EdDSA"]}},
            "rules": [{"match": {"path": "/keys"}, "require": "corp"}, {"allow": "anyone"}]}),
        ),
        (
            "rate-limit",
            json!({"policies": {"all": {"requests": 1_000_000, "per": "1h"}}}),
        ),
        // Nobody is believed whose certificate isn't this one.
        (
            "geo-routing",
            json!({
                "client": [{"header": "x-country", "trust": {"certificate": [fingerprint]}}],
                "rules": [{"when": {"country": "KP"}, "block": 451}],
            }),
        ),
        ("compression-negotiation", json!({})),
        (
            "cache-headers",
            json!({"rules": [{"match": {"path": "/*"}, "browser": {"max_age": "1m"}}]}),
        ),
    ];
    let mut listener = build.add(Proxy::default(), &filters).listener("encrypted");
    way.encrypt(&mut listener, folder.path());
    let clusters = Proxy::default().all_clusters(&upstream);
    let start = |document: Value| {
        let builder = Envoy::builder(&document.to_string()).concurrency(workers);
        builder.start().unwrap_or_else(|error| panic!("{error}"))
    };
    let envoy = start(bootstrap(vec![listener], clusters));
    let mut cluster = Proxy::default().all_clusters_to(envoy.address());
    way.connect(cluster.first_mut().unwrap(), folder.path());
    let client = start(bootstrap(vec![Proxy::default().listener("client")], cluster));
    if way == Way::MutualTls {
        for _ in 0..count {
            // No certificate, and no TLS either.
            if let Ok(mut stream) = TcpStream::connect(envoy.address()) {
                let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: edge\r\n\r\n");
            }
        }
    }
    let ask = |path: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: edge\r\nx-country: KP\r\naccept-encoding: gzip\r\n\r\n");
        crowd::statuses(&crowd::send(client.address(), vec![request; count], PATIENCE))
    };
    // Who needs a token is asked for one first.
    let (placed, refused) = (ask("/"), ask("/keys"));
    let expected = if way == Way::MutualTls { 451 } else { 200 };
    let traps = traps(&envoy);
    Some(Row {
        promise: "filters see what connections are",
        test: format!(
            "{count} requests of each kind over {}; {}, {}",
            way.name(),
            build.name(),
            counted(workers, "worker")
        ),
        figure: format!("{traps} traps; by certificate {placed:?}, without a token {refused:?}"),
        holds: traps == 0 && placed.keys().eq([&expected]) && refused.keys().eq([&401]),
    })
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::MutualTls => "mutual TLS, as many without a certificate beside them",
            Self::Http3 => "HTTP/3",
        }
    }

    /// Has a listener take clients this way.
    fn encrypt(self, listener: &mut Value, folder: &Path) {
        let certificates = json!([certificate(folder, "server")]);
        let chain = &mut listener["filter_chains"][0];
        match self {
            Self::MutualTls => {
                chain["transport_socket"] = json!({"name": "envoy.transport_sockets.tls", "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                    "require_client_certificate": true,
                    "common_tls_context": {"tls_certificates": certificates, "validation_context": authority(folder)},
                }});
            }
            Self::Http3 => {
                chain["transport_socket"] = json!({"name": "envoy.transport_sockets.quic", "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport",
                    "downstream_tls_context": {"common_tls_context": {"tls_certificates": certificates}},
                }});
                chain["filters"][0]["typed_config"]["codec_type"] = json!("HTTP3");
                listener["udp_listener_config"] = json!({"quic_options": {}});
                listener["address"]["socket_address"]["protocol"] = json!("UDP");
            }
        }
    }

    /// Has a cluster connect this way.
    fn connect(self, cluster: &mut Value, folder: &Path) {
        let tls = json!({
            "sni": "localhost",
            "common_tls_context": {
                "tls_certificates": [certificate(folder, "client")],
                "validation_context": authority(folder),
            },
        });
        cluster["transport_socket"] = match self {
            Self::MutualTls => {
                let mut typed = tls;
                typed["@type"] =
                    json!("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext");
                json!({"name": "envoy.transport_sockets.tls", "typed_config": typed})
            }
            Self::Http3 => json!({"name": "envoy.transport_sockets.quic", "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport",
                "upstream_tls_context": tls,
            }}),
        };
        if self == Self::Http3 {
            cluster.as_object_mut().unwrap().remove("http_protocol_options");
            cluster["typed_extension_protocol_options"] = json!({"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http3_protocol_options": {}},
            }});
        }
    }
}

fn certificate(folder: &Path, whose: &str) -> Value {
    json!({
        "certificate_chain": {"filename": folder.join(format!("{whose}.pem"))},
        "private_key": {"filename": folder.join(format!("{whose}.key"))},
    })
}

fn authority(folder: &Path) -> Value {
    json!({"trusted_ca": {"filename": folder.join("authority.pem")}})
}

/// Makes an authority, and certificates of a server and a client by it; the client's fingerprint.
fn certificates(folder: &Path) -> String {
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        succeed(command.current_dir(folder).args(arguments.split(' ')))
    };
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout authority.key -out authority.pem",
    );
    for whose in ["server", "client"] {
        openssl(&format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={whose} -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -CA authority.pem -CAkey authority.key -keyout {whose}.key -out {whose}.pem"
        ));
    }
    let said = openssl("x509 -in client.pem -noout -fingerprint -sha256");
    let said = String::from_utf8(said).unwrap();
    let (_, fingerprint) = said.trim().split_once('=').unwrap();
    fingerprint.replace(':', "").to_ascii_lowercase()
}

/// Some public key: nobody has a token here.
const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
const PATIENCE: Duration = Duration::from_secs(10);
