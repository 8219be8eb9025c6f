//! `edge-demo run | up | tour | down`: the demo mesh without Docker.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program on a terminal talks to a person"
)]

use std::fs;
use std::net::{Ipv4Addr, TcpListener, ToSocketAddrs as _};
use std::path::Path;
use std::process::ExitCode;

use edge_demo::Error;
use edge_demo::mesh::{LeftRunning, Mesh};
use edge_demo::progress::{self, Terminal};
use edge_demo::static_site::StaticSite;
use edge_demo::tour;

fn main() -> ExitCode {
    // Without the handler Ctrl-C would end only this program and leave its children: better not to start any.
    if let Err(error) = ctrlc::set_handler(progress::interrupt) {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["run"] => run(),
        ["up"] => up(),
        ["tour"] => tour_of_what_runs(),
        ["tour", edge, admin] => tour_of(edge, admin),
        ["down"] => Ok(down()),
        ["serve", folder] => serve(Path::new(folder)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Error::Interrupted) => {
            eprintln!("\nInterrupted; everything that was started is stopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The mesh, the tour, and nothing left.
fn run() -> Result<bool, Error> {
    let folder = tempfile::tempdir().map_err(|source| Error::File {
        path: std::env::temp_dir(),
        source,
    })?;
    eprintln!("Starting the mesh:");
    let mesh = Mesh::start(folder.path(), Some(&this_program()?), 0, &Terminal)?;
    tell_who_stands_in(&mesh);
    let shown = {
        let at = mesh.addresses();
        tour::tour(at.edge, at.admin)
    };
    eprintln!("Stopping the mesh.");
    drop(mesh);
    shown
}

fn tell_who_stands_in(mesh: &Mesh) {
    if !mesh.has_wasmedge() {
        eprintln!(
            "  - no WasmEdge for the second region (apt install wasmedge, from Debian 13 on, or set WASMEDGE); a second wasmtime stands in."
        );
    }
    if !mesh.has_redis() {
        eprintln!(
            "  - no Redis (apt install redis-server, brew install redis); the rate limit service counts in memory."
        );
    }
}

fn up() -> Result<bool, Error> {
    match LeftRunning::find() {
        Some(running) if running.is_whole() => {
            eprintln!(
                "Already running at http://{}; `make demo-down` stops it.",
                running.addresses.edge
            );
            return Ok(true);
        }
        Some(rest) => eprintln!(
            "Stopping what is left of an earlier mesh: {}.",
            rest.stop().join(", ")
        ),
        None => {}
    }
    let folder = LeftRunning::folder();
    fs::create_dir_all(&folder).map_err(|source| Error::File {
        path: folder.clone(),
        source,
    })?;
    eprintln!("Starting the mesh:");
    let mesh = Mesh::start(&folder, Some(&this_program()?), usual_port(), &Terminal)?;
    tell_who_stands_in(&mesh);
    let left = mesh.leave_running();
    if let Err(error) = left.note() {
        // Nobody would find it again.
        let _ = left.stop();
        return Err(error);
    }
    let (edge, admin, idp) = (left.addresses.edge, left.addresses.admin, left.addresses.idp);
    println!("The edge:           http://{edge} (in a browser: a page that shows what each filter does)");
    println!("Envoy's admin page: http://{admin}");
    println!("A token:            curl -X POST 'http://{idp}/token?sub=alice&aud=edge&scope=compute'");
    println!("Logs:               {}", folder.display());
    println!("A tour:             cargo run -q -p edge-demo -- tour");
    println!("Stop it:            make demo-down");
    Ok(true)
}

fn tour_of_what_runs() -> Result<bool, Error> {
    match LeftRunning::find() {
        Some(running) => tour::tour(running.addresses.edge, running.addresses.admin),
        None => Err(Error::Unexpected(
            "nothing is running: `make demo-up` first, or `make demo`".to_owned(),
        )),
    }
}

/// The tour of a mesh that somebody else has started, such as Compose.
fn tour_of(edge: &str, admin: &str) -> Result<bool, Error> {
    let resolved = |text: &str| {
        let addresses = text.to_socket_addrs().ok().into_iter().flatten();
        let v4 = addresses.clone().find(std::net::SocketAddr::is_ipv4);
        v4.or_else(|| addresses.clone().next())
            .ok_or_else(|| Error::Unexpected(format!("{text:?} is not an address such as localhost:10000")))
    };
    tour::tour(resolved(edge)?, resolved(admin)?)
}

fn down() -> bool {
    match LeftRunning::find() {
        Some(running) => println!("Stopped: {}.", running.stop().join(", ")),
        None => println!("Nothing was running."),
    }
    true
}

/// The built-in static server, until it is stopped; prints its address.
fn serve(folder: &Path) -> Result<bool, Error> {
    use progress::Progress as _;
    let site = StaticSite::start(folder, 0)?;
    println!("{}", site.address());
    while !Terminal.interrupted() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Ok(true)
}

fn this_program() -> Result<std::path::PathBuf, Error> {
    std::env::current_exe().map_err(|source| Error::Spawn {
        name: "edge-demo".to_owned(),
        source,
    })
}

/// The port in `envoy/chain.yaml`, or `$EDGE_PORT`, while it is free; else any.
fn usual_port() -> u16 {
    let wanted = std::env::var("EDGE_PORT")
        .ok()
        .and_then(|port| port.parse().ok())
        .unwrap_or(10_000);
    TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).map_or(0, |_| wanted)
}

const USAGE: &str = "usage: edge-demo run|up|tour|down

  run   start the mesh, show the tour, stop the mesh
  up    start the mesh and leave it running
  tour  show the tour on the mesh that `up` left running; tour localhost:10000 localhost:9901: on one in containers
  down  stop it

Colours only on a terminal, and not with NO_COLOR set.";
