# The worker on workerd: workerd serve functions/workers/workerd.capnp --socket-addr http=127.0.0.1:8080, after
# `make functions RUNTIME=workers`. REGION and RUNTIME are read from the environment.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "functions", worker = .functions),
    # Where a worker may call: nowhere. Of this name there would be one to everywhere otherwise, which wants the machine's certificates.
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "functions")],
);

const functions :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "wasi.mjs", esModule = embed "wasi.mjs"),
    (name = "functions.wasm", wasm = embed "../../dist/functions/functions-wcgi.wasm"),
  ],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "REGION", fromEnvironment = "REGION"),
    (name = "RUNTIME", fromEnvironment = "RUNTIME"),
  ],
);
