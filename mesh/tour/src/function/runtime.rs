//! What can run a function.

use std::path::PathBuf;

use crate::Error;
use crate::tool;

/// What runs a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runtime {
    /// `wasmtime serve`, with the component `functions.wasm`, which it compiles at every start.
    Wasmtime,
    /// The same with `functions.cwasm`, which `wasmtime compile` has made of it.
    WasmtimeAhead,
    /// The WasmEdge at this path, which interprets the module `functions-wasmedge.wasm`.
    WasmEdge(PathBuf),
    /// The same with `functions-wasmedge.so`, compiled ahead.
    WasmEdgeAhead(PathBuf),
    /// `functions-native`, an ordinary program.
    Native,
    /// The workerd at this path, the runtime of Cloudflare Workers, with `functions-wcgi.wasm` and `functions/workers`.
    Workers(PathBuf),
    /// `wasmtime serve` with `functions-javascript.cwasm`.
    JavaScript,
    /// `wasmtime serve` with `functions-python.cwasm`.
    Python,
    /// `wasmtime serve` with `functions-composed.cwasm`: three components, in Rust, JavaScript and Python.
    Composed,
}

impl Runtime {
    /// What `/run/{runtime}/` in `envoy/chain.yaml` can name.
    pub const NAMES: [&'static str; 8] = [
        "wasmtime",
        "wasmtime-ahead",
        "wasmedge",
        "native",
        "workers",
        "javascript",
        "python",
        "composed",
    ];

    /// The one that is called so in paths. Those that come as packages are fetched when they have to be.
    ///
    /// # Errors
    /// [`Error::Missing`] with what to do, where it isn't to be had here or there is none of that name.
    pub fn named(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "wasmtime" => Self::Wasmtime,
            "wasmtime-ahead" => Self::WasmtimeAhead,
            "wasmedge" => Self::WasmEdgeAhead(tool::from_script("wasmedge")?),
            "native" => Self::Native,
            "workers" => Self::Workers(tool::from_script("workerd")?),
            "javascript" => Self::JavaScript,
            "python" => Self::Python,
            "composed" => Self::Composed,
            _ => {
                return Err(Error::Missing {
                    program: format!("a runtime called {name}"),
                    remedy: format!("there are {}", Self::NAMES.join(", ")),
                });
            }
        })
    }

    /// Whether `make functions RUNTIME=…` has made what the one of this name runs.
    #[must_use]
    pub fn is_built(name: &str) -> bool {
        let files: &[&str] = match name {
            "wasmtime" => &["functions.wasm"],
            "wasmtime-ahead" => &["functions/functions.cwasm"],
            "wasmedge" => &["functions/functions-wasmedge.so", WATCH],
            "native" => &["functions/functions-native", WATCH],
            "workers" => &["functions/functions-wcgi.wasm", WATCH],
            "javascript" => &["functions/functions-javascript.cwasm"],
            "python" => &["functions/functions-python.cwasm"],
            "composed" => &["functions/functions-composed.cwasm"],
            _ => return false,
        };
        files
            .iter()
            .all(|file| tool::root().join("dist").join(file).is_file())
    }

    /// WasmEdge by `$WASMEDGE` or from `PATH`; where there is none, wasmtime stands in for it.
    #[must_use]
    pub fn wasmedge_or_stand_in() -> Self {
        let chosen = std::env::var_os("WASMEDGE").filter(|path| !path.is_empty());
        match chosen.map(PathBuf::from).or_else(|| tool::in_path("wasmedge")) {
            Some(program) => Self::WasmEdge(program),
            None => Self::Wasmtime,
        }
    }

    /// Its name in paths, and as the function tells it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wasmtime => "wasmtime",
            Self::WasmtimeAhead => "wasmtime-ahead",
            Self::WasmEdge(_) | Self::WasmEdgeAhead(_) => "wasmedge",
            Self::Native => "native",
            Self::Workers(_) => "workers",
            Self::JavaScript => "javascript",
            Self::Python => "python",
            Self::Composed => "composed",
        }
    }

    /// The file that `make functions` has to make for it.
    #[must_use]
    pub fn artifact(&self) -> &'static str {
        match self {
            Self::Wasmtime => "functions.wasm",
            Self::WasmtimeAhead => "functions/functions.cwasm",
            Self::WasmEdge(_) => "functions-wasmedge.wasm",
            Self::WasmEdgeAhead(_) => "functions/functions-wasmedge.so",
            Self::Native => "functions/functions-native",
            Self::Workers(_) => "functions/functions-wcgi.wasm",
            Self::JavaScript => "functions/functions-javascript.cwasm",
            Self::Python => "functions/functions-python.cwasm",
            Self::Composed => "functions/functions-composed.cwasm",
        }
    }

    /// What `make functions RUNTIME=…` calls it.
    #[must_use]
    pub fn build(&self) -> &'static str {
        match self {
            Self::WasmEdgeAhead(_) => "wasmedge-ahead",
            other => other.name(),
        }
    }

    /// Whether every request finds an instance that none before has touched, for whichever tenant it was.
    #[must_use]
    pub fn starts_an_instance_per_request(&self) -> bool {
        !matches!(self, Self::WasmEdge(_) | Self::WasmEdgeAhead(_) | Self::Native)
    }
}

/// Starts again what can't end a request that loops.
const WATCH: &str = "functions/functions-watch";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_no_other() {
        for name in Runtime::NAMES {
            // Those of scripts may be missing here.
            if !["wasmedge", "workers"].contains(&name) {
                let runtime = Runtime::named(name).unwrap();
                assert_eq!((runtime.name(), runtime.build()), (name, name));
            }
        }
        let error = Runtime::named("jvm").unwrap_err().to_string();
        assert_eq!(
            error,
            "a runtime called jvm is needed and was not found: there are wasmtime, wasmtime-ahead, wasmedge, native, workers, javascript, python, composed"
        );
    }
}
