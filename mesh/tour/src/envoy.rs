//! Envoy as a child process on ports the operating system chose.

mod addresses;
mod admin;
mod shipped;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

pub use admin::Admin;
pub use shipped::{shipped, version};

use crate::Error;
use crate::process::{Leftover, Process};
use crate::progress::{Progress, Silent};
use crate::tool;

/// A running Envoy that has accepted its configuration and serves. Stopped when dropped.
#[derive(Debug)]
pub struct Envoy {
    process: Process,
    admin: Admin,
    listeners: Vec<(String, SocketAddr)>,
    _folder: Option<tempfile::TempDir>,
}

/// How an [`Envoy`] is to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    yaml: String,
    services: Vec<(String, SocketAddr)>,
    port: u16,
    concurrency: usize,
    log_level: String,
    working_directory: PathBuf,
    folder: Option<PathBuf>,
    environment: Vec<(String, String)>,
    hot_restart: Option<(u32, u32)>,
}

impl Envoy {
    /// Starts Envoy with this configuration and default options; waits until it serves.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub fn start(yaml: &str) -> Result<Self, Error> {
        Self::builder(yaml).start()
    }

    /// Options around a configuration. Whatever ports the configuration names for its listeners and its admin interface,
    /// Envoy gets free ones on the loopback interface.
    #[must_use]
    pub fn builder(yaml: &str) -> Builder {
        Builder {
            yaml: yaml.to_owned(),
            services: Vec::new(),
            port: 0,
            concurrency: 1,
            log_level: "warning".to_owned(),
            working_directory: tool::root(),
            folder: None,
            environment: Vec::new(),
            hot_restart: None,
        }
    }

    /// Where the first listener of the configuration listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listeners
            .first()
            .map_or_else(|| self.admin.address(), |(_, address)| *address)
    }

    /// Where the listener with this name listens.
    #[must_use]
    pub fn listener(&self, name: &str) -> Option<SocketAddr> {
        self.listeners
            .iter()
            .find(|(listener, _)| listener == name)
            .map(|(_, address)| *address)
    }

    /// The admin interface: counters, configuration dump, readiness.
    #[must_use]
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Everything Envoy has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The operating system's number for the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether Envoy still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.exited().is_none()
    }

    /// Lets Envoy outlive this program; its temporary files stay too.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        if let Some(folder) = self._folder {
            let _kept = folder.keep();
        }
        self.process.leave_running()
    }
}

impl Builder {
    /// Every address in the configuration with the host `name` (such as compose's `functions:8080`) becomes `address`.
    #[must_use]
    pub fn service(mut self, name: &str, address: SocketAddr) -> Self {
        self.services.push((name.to_owned(), address));
        self
    }

    /// The port of the first listener; 0, the default, lets the system choose.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The number of worker threads; 1 by default.
    #[must_use]
    pub fn concurrency(mut self, workers: usize) -> Self {
        self.concurrency = workers;
        self
    }

    /// Envoy's `--log-level` or `--component-log-level` in one: `warning` by default.
    #[must_use]
    pub fn log_level(mut self, level: &str) -> Self {
        level.clone_into(&mut self.log_level);
        self
    }

    /// Sets a variable of Envoy's environment.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets an Envoy with the same `base_id` and the next `epoch` take over from this one, which ends three seconds later; an Envoy
    /// has no successor otherwise.
    #[must_use]
    pub fn hot_restart(mut self, base_id: u32, epoch: u32) -> Self {
        self.hot_restart = Some((base_id, epoch));
        self
    }

    /// Where relative paths such as `dist/jwt-auth.wasm` start from; the project's root by default.
    #[must_use]
    pub fn working_directory(mut self, folder: impl Into<PathBuf>) -> Self {
        self.working_directory = folder.into();
        self
    }

    /// Keeps the configuration and the log in this folder, which must exist; a temporary one by default.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// The configuration as Envoy will get it.
    ///
    /// # Errors
    /// [`Error::Configuration`] when it isn't YAML.
    pub fn configuration(&self) -> Result<Value, Error> {
        let invalid = |e: serde_yaml_ng::Error| Error::Configuration(e.to_string());
        let mut yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(&self.yaml).map_err(invalid)?;
        yaml.apply_merge().map_err(invalid)?;
        let mut configuration: Value = serde_yaml_ng::from_value(yaml).map_err(invalid)?;
        addresses::rewrite(&mut configuration, &self.services, self.port)?;
        Ok(configuration)
    }

    /// Starts Envoy and waits until it serves.
    ///
    /// # Errors
    /// [`Error::Ended`] with the log when Envoy refuses the configuration; the others as they say.
    pub fn start(self) -> Result<Envoy, Error> {
        self.start_with(&Silent)
    }

    /// As [`start`](Self::start), telling a person what is being waited for.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(self, progress: &dyn Progress) -> Result<Envoy, Error> {
        let (path, folder) = match &self.folder {
            Some(path) => (path.clone(), None),
            None => {
                let folder = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let configuration = path.join("envoy.json");
        fs::write(&configuration, self.configuration()?.to_string()).map_err(Error::file(&configuration))?;
        let admin_address = path.join("admin-address");
        // An old one would be taken for the new one's.
        let _ = fs::remove_file(&admin_address);

        let mut command = Command::new(tool::from_script("envoy")?);
        command
            .current_dir(&self.working_directory)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .arg("--config-path")
            .arg(&configuration)
            .arg("--admin-address-path")
            .arg(&admin_address)
            .args(["--concurrency", &self.concurrency.to_string()])
            .args(["--log-level", &self.log_level])
            .args(["--drain-time-s", "1"])
            // The access log is there soon after what it tells of.
            .args(["--file-flush-interval-msec", "500"]);
        match self.hot_restart {
            None => command.arg("--disable-hot-restart"),
            Some((base_id, epoch)) => command
                .args(["--base-id", &base_id.to_string()])
                .args(["--restart-epoch", &epoch.to_string()])
                .args(["--parent-shutdown-time-s", "3"]),
        };
        let mut process = Process::spawn("envoy", command, &path.join("envoy.log"))?;
        let (admin, listeners) = process.wait_until(START_LIMIT, progress, |_| {
            let address = fs::read_to_string(&admin_address).ok()?.trim().parse().ok()?;
            let admin = Admin::new(address);
            let listeners = admin.listeners().ok()?;
            (admin.is_ready() && !listeners.is_empty()).then_some((admin, listeners))
        })?;
        Ok(Envoy {
            process,
            admin,
            listeners,
            _folder: folder,
        })
    }
}

/// Asks Envoy whether it would accept a configuration, without starting it (`--mode validate`).
///
/// # Errors
/// [`Error::Configuration`] with what Envoy said.
pub fn validate(yaml: &str) -> Result<(), Error> {
    let configuration = Envoy::builder(yaml).configuration()?;
    let folder = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
    let path = folder.path().join("envoy.json");
    fs::write(&path, configuration.to_string()).map_err(Error::file(&path))?;
    let output = Command::new(tool::from_script("envoy")?)
        .current_dir(tool::root())
        .args(["--mode", "validate", "--log-level", "error", "--config-path"])
        .arg(&path)
        .output()
        .map_err(|source| Error::Spawn {
            name: "envoy".to_owned(),
            source,
        })?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Error::Configuration(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        )),
    }
}

/// Compiling five modules on a busy machine takes a while; a healthy start takes well under a second.
const START_LIMIT: Duration = Duration::from_secs(60);
