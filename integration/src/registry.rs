//! A container registry, from the packages: a real one, for what is pushed and pulled.

use crate::nginx::serving;
use edge_demo::{
    http::{Request, Response},
    process::{Server, free_address},
    tool,
};
use http_filter_test::skip;
use serde_json::json;
use std::{fs, net::SocketAddr, path::PathBuf, process::Command};

/// A registry at work, with nothing in it at first.
pub struct Registry {
    server: Server,
    storage: tempfile::TempDir,
}

impl Registry {
    /// One that anybody may use. `None` where it isn't installed, which then is said.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn start() -> Option<Self> {
        Self::start_for(None)
    }

    /// One for a user only: a line of `htpasswd`, the password by bcrypt.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_for(user: Option<&str>) -> Option<Self> {
        let Some(program) = tool::in_path("docker-registry") else {
            skip("deploy: the images in a registry: docker-registry is not installed");
            return None;
        };
        let storage = tempfile::tempdir().unwrap();
        let server = Server::in_temporary_folder(|folder| {
            let address = free_address()?;
            let mut configuration = json!({
                "version": 0.1,
                "log": {"level": "warn"},
                "storage": {"filesystem": {"rootdirectory": storage.path()}},
                "http": {"addr": address},
            });
            if let Some(user) = user {
                let users = folder.join("users");
                fs::write(&users, user).unwrap();
                configuration["auth"] = json!({"htpasswd": {"realm": "tests", "path": users}});
            }
            let path = folder.join("registry.json");
            fs::write(&path, configuration.to_string()).unwrap();
            let mut command = Command::new(&program);
            command.arg("serve").arg(&path);
            serving("docker-registry", command, address, folder)
        });
        Some(Self {
            server: server.unwrap_or_else(|error| panic!("{error}")),
            storage,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What `GET /v2/<target>` gives, of whichever kind.
    ///
    /// # Panics
    /// When there is no response.
    pub fn get(&self, target: &str) -> Response {
        let mut request = Request::get(&format!("/v2/{target}"));
        for kind in MANIFESTS {
            request = request.header("accept", kind);
        }
        request.send(self.address()).unwrap()
    }

    /// The file that holds the content with this digest.
    pub fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.strip_prefix("sha256:").unwrap();
        self.storage
            .path()
            .join("docker/registry/v2/blobs/sha256")
            .join(hex.get(..2).unwrap())
            .join(hex)
            .join("data")
    }
}

pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The kinds of manifests that are asked for.
const MANIFESTS: [&str; 3] = [DOCKER_MANIFEST, OCI_MANIFEST, OCI_INDEX];
