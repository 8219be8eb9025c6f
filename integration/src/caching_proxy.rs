//! Real caching proxies, as the world runs them, in front of some origins: nginx and Varnish, from the packages.

use crate::nginx::{Nginx, serving};
use edge_demo::{
    Error,
    process::{Server, free_address},
    tool,
};
use http_filter_test::skip;
use std::{fs, net::SocketAddr, path::Path, process::Command};

/// A caching proxy at work. It goes by what responses say, never by a lifetime of its own where it can be told so, and it
/// looks up every GET and HEAD, whoever asks: whatever it should not have stored it gives to the next client.
pub enum CachingProxy {
    /// nginx.
    Nginx(Nginx),
    /// Varnish.
    Varnish(Server),
}

/// The origin that requests for a host go to.
type Backend<'a> = (&'a str, SocketAddr);

impl CachingProxy {
    /// nginx with `proxy_cache`: it heeds Cache-Control, Expires, Set-Cookie and Vary. `None` where it isn't installed,
    /// which then is said.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn nginx(backends: &[Backend<'_>]) -> Option<Self> {
        let http = |address, folder: &Path| nginx_configuration(address, folder, backends);
        Some(Self::Nginx(Nginx::start("what caches make of it", http)?))
    }

    /// Varnish, with the few lines of VCL that a CDN's edge has: it heeds CDN-Cache-Control (RFC 9213) before
    /// Cache-Control, Expires, Set-Cookie and Vary, and takes targeted fields and surrogate keys off what it sends. `None`
    /// where it isn't installed, which then is said.
    ///
    /// # Panics
    /// As [`nginx`](Self::nginx).
    pub fn varnish(backends: &[Backend<'_>]) -> Option<Self> {
        Self::start("varnishd", |program, folder| {
            let address = free_address()?;
            let vcl = folder.join("edge.vcl");
            fs::write(&vcl, vcl_of(backends)).unwrap();
            let mut command = Command::new(program);
            command.arg("-F").arg("-n").arg(folder.join("work"));
            command.arg("-a").arg(address.to_string()).arg("-f").arg(vcl);
            // Storage in memory, no jail: it serves a test, as the user who runs it.
            command.args(["-s", "default,16m", "-j", "none", "-t", "0"]);
            serving("varnish", command, address, folder)
        })
    }

    fn start(program: &str, start: impl FnOnce(&Path, &Path) -> Result<Server, Error>) -> Option<Self> {
        let Some(path) = tool::in_path(program) else {
            skip(&format!(
                "envoy: what caches make of it: {program} is not installed"
            ));
            return None;
        };
        let server = Server::in_temporary_folder(|folder| start(&path, folder));
        Some(Self::Varnish(server.unwrap_or_else(|error| panic!("{error}"))))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Nginx(nginx) => nginx.address(),
            Self::Varnish(server) => server.address(),
        }
    }
}

fn nginx_configuration(address: SocketAddr, folder: &Path, backends: &[Backend<'_>]) -> String {
    let folder = folder.display();
    let origins: String = backends
        .iter()
        .map(|(host, origin)| format!("{host} {origin};\n"))
        .collect();
    format!(
        "map $host $origin {{ {origins} }}
          proxy_cache_path {folder}/cache keys_zone=edge:1m;
          server {{
            listen {address};
            location / {{
              proxy_pass http://$origin;
              proxy_http_version 1.1;
              proxy_set_header Host $host;
              proxy_cache edge;
              proxy_cache_key $host$request_uri;
              proxy_cache_revalidate on;
            }}
          }}"
    )
}

fn vcl_of(backends: &[Backend<'_>]) -> String {
    let (mut definitions, mut choice) = (String::new(), String::new());
    for (host, origin) in backends {
        let (ip, port) = (origin.ip(), origin.port());
        definitions += &format!("backend {host} {{ .host = \"{ip}\"; .port = \"{port}\"; }}\n");
        choice += &format!("if (req.http.host == \"{host}\") {{ set req.backend_hint = {host}; }}\n");
    }
    // Where CDN-Cache-Control speaks, it alone counts: the built-in rules look at Surrogate-Control first and then pass
    // over Cache-Control, so a word for shared caches is put there for them.
    format!(
        "vcl 4.1;
        import std;
        {definitions}
        sub vcl_recv {{
          {choice}
          if (req.method == \"GET\" || req.method == \"HEAD\") {{ return (hash); }}
          return (pass);
        }}
        sub vcl_backend_response {{
          if (beresp.http.CDN-Cache-Control) {{
            set beresp.http.Surrogate-Control = beresp.http.CDN-Cache-Control;
            set beresp.ttl = std.duration(
              regsub(beresp.http.CDN-Cache-Control, \".*max-age=([0-9]+).*\", \"\\1s\"), 0s);
            if (beresp.http.CDN-Cache-Control ~ \"no-store|private|no-cache\") {{
              set beresp.uncacheable = true;
              return (deliver);
            }}
          }}
        }}
        sub vcl_deliver {{
          unset resp.http.CDN-Cache-Control;
          unset resp.http.Surrogate-Control;
          unset resp.http.Surrogate-Key;
        }}"
    )
}
