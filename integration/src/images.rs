//! The scripts that make, push and pin images, run on a folder in the place of `dist/`.

use crate::module;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// The folder of the registry that [`Dist::push`] pushes to.
pub const FOLDER: &str = "tests/edge-filters";

/// The modules that an image is made of, whatever else has been built.
pub const IMAGES: [&str; 6] = [
    "jwt-auth",
    "rate-limit",
    "geo-routing",
    "compression-negotiation",
    "cache-headers",
    "edge-suite",
];

/// A folder with modules.
pub struct Dist(tempfile::TempDir);

impl Dist {
    /// One with all of [`IMAGES`], as they are shipped.
    ///
    /// # Panics
    /// When one isn't built.
    pub fn of_all() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in IMAGES {
            let module = fs::read(module::shipped(name)).unwrap();
            fs::write(folder.path().join(format!("{name}.wasm")), module).unwrap();
        }
        Self(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs a script of the project on it: what was printed.
    ///
    /// # Errors
    /// What was printed, when it failed.
    pub fn run(
        &self,
        script: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<String, String> {
        let output = Command::new(module::workspace().join(script))
            .args(arguments)
            .env("DIST", self.path())
            // Nobody's own credentials.
            .env("DOCKER_CONFIG", self.path())
            .env_remove("SOURCE_URL")
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if output.status.success() {
            Ok(printed)
        } else {
            Err(printed)
        }
    }

    /// Makes the images and pushes them to a registry at this address.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn push(&self, address: &str, environment: &[(&str, &str)]) -> Result<String, String> {
        let registry = format!("http://{address}/{FOLDER}");
        let environment = [&[("PUSH", "1"), ("REGISTRY", &registry)], environment].concat();
        self.run("scripts/images.sh", &["--modules"], &environment)
    }

    /// What `images.json` says.
    ///
    /// # Panics
    /// When there is none.
    pub fn digests(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path().join("images.json")).unwrap()).unwrap()
    }
}
