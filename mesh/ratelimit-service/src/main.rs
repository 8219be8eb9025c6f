//! A rate limit service, `envoy.service.ratelimit.v3.RateLimitService` over gRPC, for the demo mesh and the tests. It reads
//! limitador's limits, takes limitador's arguments, and counts in Redis or in memory.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program that says on standard output where it listens, and on standard error what is wrong"
)]

mod arguments;
mod counts;
mod error;
mod grpc;
mod limits;
mod message;
mod server;
mod service;
mod status;
mod store;

use arguments::{Arguments, Storage};
use clap::Parser;
use error::Error;
use limits::Limits;
use server::Server;
use service::Service;
use std::{process::ExitCode, rc::Rc};
use store::Store;
use tokio::{
    runtime,
    task::{self, LocalSet},
};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until the process is ended.
fn run(arguments: &Arguments) -> Result<(), Error> {
    let limits = Limits::read(&arguments.limits)?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Listen("runtime".into(), error))?;
    // One thread, one question after the other where they meet at Redis.
    LocalSet::new().block_on(&runtime, async {
        let store = match &arguments.storage {
            Storage::Redis { url } => Store::redis(url)?,
            Storage::Memory => Store::memory(),
        };
        let service = Rc::new(Service::new(limits, store, arguments.has_rate_limit_headers()));
        let rls = Server::bind(arguments.rls()).await?;
        let http = Server::bind(arguments.http()).await?;
        println!(
            r#"{{"rls": "{}", "http": "{}"}}"#,
            rls.address()?,
            http.address()?
        );
        task::spawn_local(http.serve_http1(Rc::clone(&service), status::respond));
        rls.serve_http2(service, grpc::respond).await;
        Ok(())
    })
}
