//! How each runtime is started, and what it may take: the limits are in functions/README.md, as text.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Runtime;
use crate::Error;
use crate::tool;

/// What is started, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) runtime: &'a Runtime,
    /// What it's called.
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// Where Prometheus hears of it.
    pub(super) metrics: SocketAddr,
    /// The folder of the built functions.
    pub(super) dist: &'a str,
}

impl Start<'_> {
    /// Its command, and whether what happens to it is told at `metrics`. `folder` is for what it has to write first.
    ///
    /// # Errors
    /// [`Error::Missing`] without the built function or its runtime, [`Error::File`].
    pub(super) fn command(&self, folder: &Path) -> Result<(Command, bool), Error> {
        let file = built(
            &format!("{}/{}", self.dist, self.runtime.artifact()),
            self.runtime.build(),
        )?;
        match self.runtime {
            Runtime::Wasmtime | Runtime::WasmtimeAhead => {
                let inner = self.wasmtime(&file, SMALL)?;
                Ok(self.told(inner))
            }
            Runtime::JavaScript | Runtime::Python => {
                let inner = self.wasmtime(&file, LANGUAGE)?;
                Ok(self.told(inner))
            }
            Runtime::Composed => {
                let inner = self.wasmtime(&file, COMPOSED)?;
                Ok(self.told(inner))
            }
            Runtime::WasmEdge(program) => Ok(self.told(self.wasmedge(program, &file))),
            Runtime::WasmEdgeAhead(program) => self.ended(&self.wasmedge(program, &file), &[]),
            Runtime::Native => {
                let (mut command, told) =
                    self.ended(&Command::new(&file), &["--address-space-mib", "256"])?;
                command
                    .env("ADDRESS", self.address.to_string())
                    .env("REGION", self.region);
                Ok((command, told))
            }
            Runtime::Workers(program) => {
                let inner = self.workers(program, &file, folder)?;
                let (mut command, told) = self.ended(&inner, &["--memory-mib", "256"])?;
                command.env("REGION", self.region).env("RUNTIME", "workers");
                Ok((command, told))
            }
        }
    }

    /// Every request has an instance of its own, out of a pool. Fuel is what it may compute, whatever time it waits in between; the
    /// timeout is for all of it.
    fn wasmtime(&self, component: &Path, limits: Limits) -> Result<Command, Error> {
        let Limits {
            memory,
            instances,
            fuel,
        } = limits;
        let mut command = Command::new(tool::from_script("wasmtime")?);
        command.arg("serve");
        if component
            .extension()
            .is_some_and(|extension| extension == "cwasm")
        {
            command.arg("--allow-precompiled");
        }
        command
            .args(["-S", "cli"])
            .args(["-W", &format!("fuel={fuel},timeout=60s,max-memory-size={memory}")])
            .args(["-O", "pooling-allocator=y"])
            .args([
                "-O",
                &format!("pooling-max-memory-size={memory},pooling-total-memories={instances}"),
            ])
            .args(["--addr", &self.address.to_string()])
            .args(["--env", &format!("REGION={}", self.region)])
            .args(["--env", &format!("RUNTIME={}", self.runtime.name())])
            .arg(component);
        Ok(command)
    }

    fn wasmedge(&self, program: &Path, module: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .args(["--memory-page-limit", PAGES])
            .args(["--env", &format!("ADDRESS={}", self.address)])
            .args(["--env", &format!("REGION={}", self.region)])
            .arg(module);
        command
    }

    /// workerd reads what its configuration embeds from the configuration's folder.
    fn workers(&self, program: &Path, module: &Path, folder: &Path) -> Result<Command, Error> {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let source = tool::root().join("functions/workers");
        for name in ["worker.mjs", "wasi.mjs"] {
            fs::copy(source.join(name), folder.join(name)).map_err(Error::file(source.join(name)))?;
        }
        fs::copy(module, folder.join("functions.wasm")).map_err(Error::file(module))?;
        let shipped = source.join("workerd.capnp");
        let configuration = fs::read_to_string(&shipped).map_err(Error::file(&shipped))?;
        let configuration =
            configuration.replace("../../dist/functions/functions-wcgi.wasm", "functions.wasm");
        let here = folder.join("workerd.capnp");
        fs::write(&here, configuration).map_err(Error::file(&here))?;
        let mut command = Command::new(program);
        command
            .arg("serve")
            .arg(&here)
            .arg(format!("--socket-addr=http={}", self.address));
        Ok(command)
    }

    /// Under `functions-watch`, which starts it again once it has ended or no longer answers: it can't end a request that loops.
    fn ended(&self, inner: &Command, limits: &[&str]) -> Result<(Command, bool), Error> {
        let limits = [&["--answer-ms", "1000"][..], limits].concat();
        Ok((self.watched(inner, &limits)?, true))
    }

    /// Under `functions-watch` where that is built: the runtime ends what misbehaves, and this tells how it does.
    fn told(&self, inner: Command) -> (Command, bool) {
        match self.watched(&inner, &["--answer-ms", "10000"]) {
            Ok(command) => (command, true),
            Err(_) => (inner, false),
        }
    }

    fn watched(&self, inner: &Command, limits: &[&str]) -> Result<Command, Error> {
        let program = built(&format!("{}/functions/functions-watch", self.dist), "native")?;
        let mut command = Command::new(program);
        command
            .args(["--address", &self.address.to_string()])
            .args(limits)
            .args(["--metrics", &self.metrics.to_string(), "--name", self.name])
            .arg("--")
            .arg(inner.get_program())
            .args(inner.get_args());
        Ok(command)
    }
}

fn built(path: &str, runtime: &str) -> Result<PathBuf, Error> {
    let found = tool::root().join(path);
    match found.is_file() {
        true => Ok(found),
        false => Err(Error::Missing {
            program: path.to_owned(),
            remedy: match runtime {
                "wasmtime" | "wasmedge" => "run `make functions`".to_owned(),
                other => format!("run `make functions RUNTIME={other}`"),
            },
        }),
    }
}

/// What an instance on wasmtime may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// In bytes.
    memory: usize,
    /// So many at once, of components with one memory each.
    instances: usize,
    /// About one for each instruction: a thousand million take half a second.
    fuel: u64,
}

const SMALL: Limits = Limits {
    memory: 64 * MEBIBYTE,
    instances: 200,
    fuel: 1_000_000_000,
};
/// An interpreter comes with its heap, and needs many instructions for one of the function's.
const LANGUAGE: Limits = Limits {
    memory: 128 * MEBIBYTE,
    instances: 50,
    fuel: 5_000_000_000,
};
/// Each of its three parts has a memory.
const COMPOSED: Limits = Limits {
    instances: 3 * LANGUAGE.instances,
    ..LANGUAGE
};
/// Of 64 KiB: 64 MiB.
const PAGES: &str = "1024";
const MEBIBYTE: usize = 1024 * 1024;
