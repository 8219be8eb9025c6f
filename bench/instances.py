#!/usr/bin/env python3
"""How long an instance of a function takes to start within a host, compiled ahead, out of a pool and without one: see functions/README.md.

The host is wasmtime by its C interface (PyPI's `wasmtime`, pinned below, fetched into $EDGE_TOOLS); the function is the CGI program.
An instance's start is a store, the instance in it, and its end; Python's own calls are in the figures.
"""

import os
import subprocess
import sys
import time

from machine import ROOT

PIN = "wasmtime==50.0.1 --hash=sha256:cc14c3a17654e0394e0225b11813532ef0cd7bd1e222a0c5494cdedaabeddac4"
MODULE = os.path.join(ROOT, "dist", "functions", "functions-wcgi.wasm")
VARIABLES = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/geo"), ("HTTP_X_GEO_COUNTRY", "DE"), ("HTTP_X_USER", "ada")]
ROUNDS = 2000


def host():
    """The package's module."""
    tools = os.environ.get("EDGE_TOOLS") or os.path.join(ROOT, ".tools")
    folder = os.path.join(tools, "wasmtime-py-50.0.1")
    if not os.path.isdir(folder):
        fetch = f'. scripts/tools.sh; mkdir -p "$1.new"; from_pypi "{PIN}" "$1.new" && mv "$1.new" "$1"'
        subprocess.run(["bash", "-c", fetch, "bash", folder], cwd=ROOT, check=True)
    sys.path.insert(0, folder)
    import wasmtime

    return wasmtime


def configured(wasmtime, pooled):
    from wasmtime import _bindings as bindings

    config = wasmtime.Config()
    if pooled:
        pool = bindings.wasmtime_pooling_allocation_config_new()
        bindings.wasmtime_pooling_allocation_config_total_memories_set(pool, 100)
        bindings.wasmtime_pooling_allocation_config_max_memory_size_set(pool, 64 * 1024 * 1024)
        bindings.wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool, 256 * 1024)
        bindings.wasmtime_pooling_allocation_strategy_set(config.ptr(), pool)
        bindings.wasmtime_pooling_allocation_config_delete(pool)
    return config


def measure(wasmtime, pooled):
    engine = wasmtime.Engine(configured(wasmtime, pooled))
    compiled = wasmtime.Module.from_file(engine, MODULE).serialize()
    begun = time.perf_counter()
    module = wasmtime.Module.deserialize(engine, compiled)
    load = time.perf_counter() - begun
    linker = wasmtime.Linker(engine)
    linker.define_wasi()

    def once(run):
        wasi = wasmtime.WasiConfig()
        wasi.env = VARIABLES
        wasi.stdin_file = wasi.stdout_file = os.devnull
        begun = time.perf_counter()
        store = wasmtime.Store(engine)
        store.set_wasi(wasi)
        start = linker.instantiate(store, module).exports(store)["_start"]
        started = time.perf_counter()
        if run:
            try:
                start(store)
            except wasmtime.ExitTrap as ended:
                if ended.code:
                    raise
        answered = time.perf_counter()
        store.close()
        return started - begun + (time.perf_counter() - answered), answered - started

    for _ in range(100):
        once(True)
    starts, answers = zip(*(once(True) for _ in range(ROUNDS)))
    return load, sorted(starts), sorted(answers)


def main():
    if not os.path.isfile(MODULE):
        print("instances: left out: make functions RUNTIME=workers", file=sys.stderr)
        return
    wasmtime = host()
    print("| instances within a host, compiled ahead | code loaded, once | start and end, median | p99 | longest | its request, median |")
    print("|---" + "|--:" * 5 + "|")
    for name, pooled in (("out of a pool", True), ("without a pool", False)):
        load, starts, answers = measure(wasmtime, pooled)
        shown = [starts[ROUNDS // 2], starts[ROUNDS * 99 // 100], starts[-1], answers[ROUNDS // 2]]
        print(f"| {name} | {load * 1e3:.2f} ms | " + " | ".join(f"{seconds * 1e6:.0f} µs" for seconds in shown) + " |")


if __name__ == "__main__":
    main()
