//! Files that Envoy serves to its own filters: a listener on the loopback interface whose only filter is `file_server`, and
//! before 1.40 a route that answers with a file by `direct_response`.

use serde_json::{Value, json};
use std::{fs, net::SocketAddr, path::Path};

/// A folder of files, and the listener that serves them.
pub struct Files {
    folder: tempfile::TempDir,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }
}

impl Files {
    /// Puts a file there, or another one in its place, at one stroke.
    ///
    /// # Panics
    /// When the file can't be written.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let new = self.folder.path().join("new");
        fs::write(&new, bytes).unwrap();
        fs::rename(new, self.folder.path().join(name)).unwrap();
    }

    /// Takes a file away.
    ///
    /// # Panics
    /// When it isn't there.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The listener that serves them below `/files`, and looks at the disk for every request.
    pub fn listener(&self) -> Value {
        let file_server = json!({
            "name": "envoy.filters.http.file_server",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.file_server.v3.FileServerConfig",
                "manager_config": {"thread_pool": {"thread_count": 1}},
                "path_mappings": [{"request_path_prefix": "/files", "file_path_prefix": self.folder.path()}],
            },
        });
        listener(
            &json!([{"match": {"prefix": "/"}, "direct_response": {"status": 404}}]),
            &[file_server],
        )
    }

    /// The listener that serves one of them as `/files/<name>`, as it was when Envoy started.
    pub fn fixed_listener(&self, name: &str) -> Value {
        let mut listener = listener(
            &json!([{
                "match": {"path": format!("/files/{name}")},
                "direct_response": {"status": 200, "body": {"filename": self.folder.path().join(name)}},
            }]),
            &[],
        );
        listener["filter_chains"][0]["filters"][0]["typed_config"]["route_config"]["max_direct_response_body_size_bytes"] =
            json!(32 << 20);
        listener
    }

    /// Where a cluster finds the listener; the port is exchanged for a free one in both places when Envoy starts.
    pub fn address() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], PORT))
    }
}

fn listener(routes: &Value, filters: &[Value]) -> Value {
    let router = json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
    });
    let filters: Vec<&Value> = filters.iter().chain([&router]).collect();
    json!({
        "name": "files",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": PORT}},
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "files",
                "http_filters": filters,
                "route_config": {"virtual_hosts": [{"name": "files", "domains": ["*"], "routes": routes}]},
            },
        }]}],
    })
}

const PORT: u16 = 10_001;
