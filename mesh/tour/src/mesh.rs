//! The whole mesh: the backends, the identity provider, and Envoy with `envoy/chain.yaml` in front of them.

mod left_running;

use std::path::Path;
use std::time::Duration;

use crate::Error;
use crate::envoy::{self, Admin, Envoy};
use crate::function::{Function, Runtime};
use crate::idp::IdentityProvider;
use crate::legacy::Legacy;
use crate::limitador::Limitador;
use crate::progress::{Progress, wait_for};
use crate::redis::Redis;
use crate::tool;

pub use left_running::{Addresses, LeftRunning};

/// A running mesh. Stopped when dropped, Envoy first.
#[derive(Debug)]
pub struct Mesh {
    envoy: Envoy,
    /// One for each region: Europe's, then that of the United States.
    functions: [Function; 2],
    /// For `/run/{runtime}/`: those that are built and whose runtime is here, beside the two.
    runtimes: Vec<Function>,
    legacy: Legacy,
    idp: IdentityProvider,
    limits: Limitador,
    /// `None` where Redis isn't installed: the rate limit service then counts in memory.
    redis: Option<Redis>,
}

impl Mesh {
    /// Starts everything and waits until it serves. Logs go to `folder`; `program` is `edge-demo` itself, which stands in where
    /// nginx is not installed (without it, threads of this program do); `port` is Envoy's, 0 for any.
    ///
    /// # Errors
    /// [`Error::Missing`] when something has to be built or installed first; the others as they say.
    pub fn start(
        folder: &Path,
        program: Option<&Path>,
        port: u16,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let chain = envoy::shipped("chain.yaml")?;
        modules_are_built(&chain)?;
        let functions = [
            Function::start_in(folder, "functions", "eu", Runtime::Wasmtime, progress)?,
            Function::start_in(
                folder,
                "functions-wasmedge",
                "us",
                Runtime::wasmedge_or_stand_in(),
                progress,
            )?,
        ];
        let runtimes = Self::other_runtimes(folder, progress)?;
        let legacy = Legacy::start_in(folder, program, progress)?;
        let idp = IdentityProvider::start_in(folder, progress)?;
        let redis = match Redis::program() {
            Some(_) => Some(Redis::start_in(folder, progress)?),
            None => None,
        };
        let counters = redis.as_ref().map(Redis::address);
        let file = tool::root().join("mesh/ratelimit-service/limits.yaml");
        let limits = Limitador::start_in(folder, &file, counters, progress)?;
        let running = functions.iter().chain(&runtimes);
        let envoy = running
            .fold(Envoy::builder(&chain), |envoy, function| {
                let host = format!("run-{}", function.runtime().name());
                envoy.service(&host, function.address())
            })
            .service("functions", functions[0].address())
            .service("functions-wasmedge", functions[1].address())
            .service("legacy", legacy.address())
            .service("idp", idp.address())
            .service("ratelimit", limits.address())
            .port(port)
            .concurrency(2)
            .folder(folder)
            .start_with(progress)?;
        regions_are_healthy(envoy.admin(), progress)?;
        Ok(Self {
            envoy,
            functions,
            runtimes,
            legacy,
            idp,
            limits,
            redis,
        })
    }

    /// Those whose function is built, but for wasmtime's and WasmEdge's, which are the regions'.
    fn other_runtimes(folder: &Path, progress: &dyn Progress) -> Result<Vec<Function>, Error> {
        let mut started = Vec::new();
        for name in Runtime::NAMES {
            let of_a_region = ["wasmtime", "wasmedge"].contains(&name);
            if of_a_region || !Runtime::is_built(name) {
                continue;
            }
            let runtime = Runtime::named(name)?;
            started.push(Function::start_in(
                folder,
                &format!("run-{name}"),
                "eu",
                runtime,
                progress,
            )?);
        }
        Ok(started)
    }

    /// Where to send requests.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses {
            edge: self.envoy.address(),
            admin: self.envoy.admin().address(),
            idp: self.idp.address(),
        }
    }

    /// Envoy.
    #[must_use]
    pub fn envoy(&self) -> &Envoy {
        &self.envoy
    }

    /// The functions, of both regions and on the other runtimes.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().chain(&self.runtimes)
    }

    /// The identity provider.
    #[must_use]
    pub fn idp(&self) -> &IdentityProvider {
        &self.idp
    }

    /// Whether one of the regions is WasmEdge's; else a second wasmtime stands in for it.
    #[must_use]
    pub fn has_wasmedge(&self) -> bool {
        let on_wasmedge = |function: &Function| *function.runtime() != Runtime::Wasmtime;
        self.functions.iter().any(on_wasmedge)
    }

    /// Whether the rate limit service counts in Redis; else in memory.
    #[must_use]
    pub fn has_redis(&self) -> bool {
        self.redis.is_some()
    }

    /// Lets everything outlive this program.
    #[must_use]
    pub fn leave_running(self) -> LeftRunning {
        let addresses = self.addresses();
        let mut processes = vec![self.envoy.leave_running()];
        processes.extend(self.functions.map(Function::leave_running));
        processes.extend(self.runtimes.into_iter().map(Function::leave_running));
        processes.extend(self.legacy.leave_running());
        processes.push(self.idp.leave_running());
        processes.push(self.limits.leave_running());
        processes.extend(self.redis.map(Redis::leave_running));
        LeftRunning { addresses, processes }
    }
}

/// Envoy's first look at them may have come too late: it was compiling modules.
fn regions_are_healthy(admin: &Admin, progress: &dyn Progress) -> Result<(), Error> {
    let healthy = wait_for("regions", START_LIMIT, progress, || {
        let clusters = admin.get("/clusters")?;
        let failed = |line: &str| !line.starts_with("run-") && line.contains("failed_active_hc");
        Ok((!clusters.lines().any(failed)).then_some(()))
    })?;
    healthy.ok_or_else(|| Error::NotReady {
        name: "a region".to_owned(),
        seconds: START_LIMIT.as_secs_f64(),
        log: String::new(),
    })
}

fn modules_are_built(chain: &str) -> Result<(), Error> {
    let modules = chain
        .split_whitespace()
        .map(|word| word.trim_matches(['{', '}', '"', ',']));
    let missing = modules
        .filter(|word| word.starts_with("dist/"))
        .find(|path| !tool::root().join(path).is_file());
    match missing {
        None => Ok(()),
        Some(path) => Err(Error::Missing {
            program: path.to_owned(),
            remedy: "run `make wasm`".to_owned(),
        }),
    }
}

const START_LIMIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_that_are_not_built_yet_are_named() {
        let chain = "code: {local: {filename: dist/no-such-filter.wasm}}";
        let error = modules_are_built(chain).unwrap_err().to_string();
        assert_eq!(
            error,
            "dist/no-such-filter.wasm is needed and was not found: run `make wasm`"
        );
    }
}
