//! Real caching proxies, as the world runs them, in front of some origins, from the packages.

mod apache;
mod backend;
mod nginx;
mod open_folder;
mod squid;
mod traffic_server;
mod varnish;

use crate::nginx::Nginx;
use backend::Backend;
use edge_demo::{Error, process::Server, tool};
use http_filter_test::skip;
use open_folder::open_folder;
use std::{net::SocketAddr, path::Path};

/// A caching proxy at work. It goes by what responses say, never by a lifetime of its own where it can be told so, and it
/// looks up every GET and HEAD, whoever asks, where it can be told that too: whatever it should not have stored it gives
/// to the next client.
pub enum CachingProxy {
    /// nginx.
    Nginx(Nginx),
    /// Another.
    Other(Server),
}

impl CachingProxy {
    /// The caching proxies there are, by their names.
    pub const NAMES: [&'static str; 5] = ["nginx", "varnish", "squid", "apache", "traffic_server"];

    /// The one of this name. `None` where it isn't installed, which then is said.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn named(name: &str, backends: &[Backend<'_>]) -> Option<Self> {
        match name {
            "nginx" => {
                let http = |address, folder: &Path| nginx::configuration(address, folder, backends);
                Some(Self::Nginx(Nginx::start("what caches make of it", http)?))
            }
            "varnish" => Self::start("varnishd", |program, folder| {
                varnish::start(program, folder, backends)
            }),
            "squid" => Self::start("squid", |program, folder| squid::start(program, folder, backends)),
            "apache" => Self::start("apache2", |program, folder| {
                apache::start(program, folder, backends)
            }),
            "traffic_server" => Self::start("traffic_server", |program, folder| {
                traffic_server::start(program, folder, backends)
            }),
            other => panic!("no caching proxy is called {other}"),
        }
    }

    fn start(program: &str, start: impl FnOnce(&Path, &Path) -> Result<Server, Error>) -> Option<Self> {
        let Some(path) = tool::in_path(program) else {
            skip(&format!(
                "envoy: what caches make of it: {program} is not installed"
            ));
            return None;
        };
        let server = Server::in_temporary_folder(|folder| {
            // Started by root, some give up their rights, and then write here.
            open_folder(folder);
            start(&path, folder)
        });
        Some(Self::Other(server.unwrap_or_else(|error| panic!("{error}"))))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Nginx(nginx) => nginx.address(),
            Self::Other(server) => server.address(),
        }
    }
}
