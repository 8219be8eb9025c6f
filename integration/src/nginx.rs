//! nginx, from the packages.

use edge_demo::{
    Error,
    process::{Process, Server, free_address},
    progress::Silent,
    tool,
};
use http_filter_test::skip;
use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    time::Duration,
};

/// An nginx at work.
pub struct Nginx {
    server: Server,
}

impl Nginx {
    /// One with these directives of `http`, which get the address to listen at and a folder of their own. `None` where
    /// it isn't installed, which then is said, with `what` it was needed for.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn start(what: &str, http: impl FnOnce(SocketAddr, &Path) -> String) -> Option<Self> {
        let Some(program) = tool::in_path("nginx") else {
            skip(&format!("envoy: {what}: nginx is not installed"));
            return None;
        };
        let server = Server::in_temporary_folder(|folder| {
            let address = free_address()?;
            let configuration = folder.join("nginx.conf");
            fs::write(&configuration, whole(folder, &http(address, folder))).unwrap();
            let mut command = Command::new(&program);
            command.arg("-p").arg(folder).arg("-c").arg(&configuration);
            // Started by root, nginx gives its workers to a user who may not read the folder.
            let globals = match rustix::process::geteuid().is_root() {
                true => "daemon off; user root;",
                false => "daemon off;",
            };
            command.args(["-g", globals, "-e", "stderr"]);
            serving("nginx", command, address, folder)
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

/// A server that was started and answers.
pub(crate) fn serving(
    name: &str,
    command: Command,
    address: SocketAddr,
    folder: &Path,
) -> Result<Server, Error> {
    let mut process = Process::spawn(name, command, &folder.join("log"))?;
    process.wait_until(START_LIMIT, &Silent, |_| TcpStream::connect(address).ok())?;
    Ok(Server::new(process, address))
}

fn whole(folder: &Path, http: &str) -> String {
    let folder = folder.display();
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|what| format!("{what}_temp_path {folder}/{what};\n"))
        .collect();
    format!(
        "pid {folder}/nginx.pid;
        worker_processes 1;
        events {{}}
        http {{
          access_log off;
          {paths}
          {http}
        }}"
    )
}

const START_LIMIT: Duration = Duration::from_secs(20);
