//! nginx as a cache: it heeds X-Accel-Expires, Cache-Control, Expires, Set-Cookie and Vary.

use super::backend::Backend;
use std::{net::SocketAddr, path::Path};

pub(super) fn configuration(address: SocketAddr, folder: &Path, backends: &[Backend<'_>]) -> String {
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
