//! Varnish, with the few lines of VCL that a CDN's edge has: it heeds CDN-Cache-Control (RFC 9213) before Surrogate-Control,
//! Cache-Control, Expires, Set-Cookie and Vary, and takes targeted fields and surrogate keys off what it sends.

use super::backend::Backend;
use crate::nginx::serving;
use edge_demo::{
    Error,
    process::{Server, free_address},
};
use std::{fs, path::Path, process::Command};

pub(super) fn start(program: &Path, folder: &Path, backends: &[Backend<'_>]) -> Result<Server, Error> {
    let address = free_address()?;
    let vcl = folder.join("edge.vcl");
    fs::write(&vcl, vcl_of(backends)).unwrap();
    let mut command = Command::new(program);
    command.arg("-F").arg("-n").arg(folder.join("work"));
    command.arg("-a").arg(address.to_string()).arg("-f").arg(vcl);
    // Storage in memory, no jail: it serves a test, as the user who runs it.
    command.args(["-s", "default,16m", "-j", "none", "-t", "0"]);
    serving("varnish", command, address, folder)
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
