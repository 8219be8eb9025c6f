//! An Envoy in a container, through `testcontainers`.

mod configuration;

use crate::docker;
use configuration::{ADMIN_PORT, InContainer};
use edge_demo::envoy::Admin;
use serde_json::Value;
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};
use testcontainers::{
    Container, GenericImage, ImageExt,
    bollard::models::{PortBinding, PortMap},
    core::{Host, IntoContainerPort},
    runners::SyncRunner,
};

/// A running Envoy that has accepted its configuration and serves. Its container is removed when it's dropped.
///
/// The engine must be this machine's: ports are published on its loopback interface, and what the configuration calls
/// on this machine is called through the engine's gateway.
pub struct EnvoyContainer {
    container: Container<GenericImage>,
    admin: Admin,
    listeners: Vec<(String, SocketAddr)>,
}

impl EnvoyContainer {
    /// Starts it with a configuration that is written for a process on this machine, and waits until it serves.
    ///
    /// # Panics
    /// As [`try_start`](Self::try_start) has errors.
    pub fn start(configuration: &Value) -> Self {
        Self::try_start(configuration).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts it and waits until it serves, or says why it does not.
    ///
    /// # Errors
    /// What the engine says, or Envoy's log when it has ended or is not ready in time.
    pub fn try_start(configuration: &Value) -> Result<Self, String> {
        docker::sweep();
        let moved = InContainer::from(configuration);
        let container = request(&moved).start().map_err(|error| error.to_string())?;
        let ports = container.ports().map_err(|error| error.to_string())?;
        let published = |port: u16| match ports.map_to_host_port_ipv4(port.tcp()) {
            Some(port) => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            None => Err(format!("port {port} is not published:\n{}", log(&container))),
        };
        let admin = Admin::new(published(ADMIN_PORT)?);
        let listeners = moved
            .listeners
            .iter()
            .map(|(name, port)| Ok((name.clone(), published(*port)?)))
            .collect::<Result<_, String>>()?;
        let envoy = Self {
            container,
            admin,
            listeners,
        };
        envoy.wait_until_ready()?;
        Ok(envoy)
    }

    /// Where the first listener of the configuration is reached.
    pub fn address(&self) -> SocketAddr {
        self.listeners[0].1
    }

    /// Where the listener with this name is reached.
    pub fn listener(&self, name: &str) -> Option<SocketAddr> {
        let mut listeners = self.listeners.iter();
        listeners
            .find(|(listener, _)| listener == name)
            .map(|(_, address)| *address)
    }

    /// The admin interface.
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// The container's identifier.
    pub fn id(&self) -> &str {
        self.container.id()
    }

    /// Everything Envoy has logged so far.
    pub fn log(&self) -> String {
        log(&self.container)
    }

    fn wait_until_ready(&self) -> Result<(), String> {
        let started = Instant::now();
        while !self.admin.is_ready() {
            if !self.container.is_running().unwrap_or_default() {
                return Err(format!("envoy has ended:\n{}", self.log()));
            }
            if started.elapsed() > START_LIMIT {
                let seconds = START_LIMIT.as_secs();
                return Err(format!("envoy is not ready after {seconds} s:\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// Compiling forty modules on a busy machine takes a while.
const START_LIMIT: Duration = Duration::from_secs(60);

fn request(moved: &InContainer) -> testcontainers::ContainerRequest<GenericImage> {
    let image = docker::image("ENVOY_IMAGE", "envoyproxy/envoy:v1.40-latest");
    let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
    let mut generic = GenericImage::new(name, tag).with_entrypoint("/usr/local/bin/envoy");
    for port in moved.ports() {
        generic = generic.with_exposed_port(port.tcp());
    }
    let bindings: PortMap = moved.ports().map(on_loopback).collect();
    // The command is Envoy's alone, and so is the user, as in the mesh: the official image's entry point would change both.
    let mut request = generic
        .with_cmd(["--config-path", CONFIGURATION, "--concurrency", "1"].map(str::to_owned))
        .with_user("101:101")
        .with_label(docker::LABEL, std::process::id().to_string())
        .with_host(configuration::HOST, Host::HostGateway)
        .with_startup_timeout(START_LIMIT)
        .with_host_config_modifier(move |host| {
            host.publish_all_ports = Some(false);
            host.port_bindings = Some(bindings.clone());
        })
        .with_copy_to(CONFIGURATION, moved.configuration.to_string().into_bytes());
    for (file, inside) in &moved.files {
        request = request.with_copy_to(inside.as_str(), std::fs::read(file).unwrap());
    }
    request
}

/// A port of the system's choice on the loopback interface: neither Envoy nor its admin page is for the network.
fn on_loopback(port: u16) -> (String, Option<Vec<PortBinding>>) {
    let binding = PortBinding {
        host_ip: Some(Ipv4Addr::LOCALHOST.to_string()),
        host_port: None,
    };
    (port.tcp().to_string(), Some(vec![binding]))
}

fn log(container: &Container<GenericImage>) -> String {
    let log = container.stderr_to_vec().unwrap_or_default();
    String::from_utf8_lossy(&log).into_owned()
}

const CONFIGURATION: &str = "/etc/envoy/edge.json";
