//! Caddy, from the packages.

use crate::nginx::serving;
use edge_demo::{
    process::{Server, free_address},
    tool,
};
use http_filter_test::skip;
use std::{fs, net::SocketAddr, process::Command};

/// A Caddy at work.
pub struct Caddy {
    server: Server,
}

impl Caddy {
    /// One whose only site has these directives. `None` where it isn't installed, which then is said, with `what` it was
    /// needed for.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn start(what: &str, directives: &str) -> Option<Self> {
        let Some(program) = tool::in_path("caddy") else {
            skip(&format!("envoy: {what}: caddy is not installed"));
            return None;
        };
        let server = Server::in_temporary_folder(|folder| {
            let address = free_address()?;
            let configuration = folder.join("Caddyfile");
            // By default it opens an administration port, and keeps its last configuration at home.
            let site =
                format!("{{\n admin off\n auto_https off\n}}\nhttp://{address} {{\n{directives}\n}}\n");
            fs::write(&configuration, site).unwrap();
            let mut command = Command::new(&program);
            command.args(["run", "--adapter", "caddyfile", "--config"]);
            command.arg(&configuration);
            command
                .env("XDG_CONFIG_HOME", folder)
                .env("XDG_DATA_HOME", folder);
            serving("caddy", command, address, folder)
        });
        Some(Self {
            server: server.unwrap_or_else(|error| panic!("{error}")),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }
}
