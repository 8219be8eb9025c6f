#!/usr/bin/env python3
"""What the function backends cost by runtime, in one run: size, cold start, memory, requests. See functions/README.md.

    functions.py [--seconds N] [--rounds N]

Needs dist/ (make functions RUNTIME=all), wrk, taskset, Node.js, a Docker engine, and the stand-ins of docker/standins.sh or images by
WASMEDGE_IMAGE. Containers are on the host's network. What is measured has the last processor for itself, and the load the others.
A runtime whose function isn't built is left out, and told. bench/instances.py measures what starts within a host.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time

import hundred
import instances
import plot
from load import Load, wrk
from machine import MADE, RESULTS, ROOT, free_port, say, script
from process import Process, answer, cpu_seconds_by_ticks, memory_kib

REQUEST = Load(path="/geo", headers=(("x-geo-country", "DE"), ("x-user", "ada")), connections=16)
KIB = 1024
CORE = max(os.sched_getaffinity(0))
FUNCTIONS = os.path.join("dist", "functions")
LIMITS = ["-W", "fuel=1000000000,timeout=60s,max-memory-size=67108864", "-O", "pooling-allocator=y,pooling-max-memory-size=67108864,pooling-total-memories=200"]
LANGUAGE_LIMITS = ["-W", "fuel=5000000000,timeout=60s,max-memory-size=134217728", "-O", "pooling-allocator=y,pooling-max-memory-size=134217728,pooling-total-memories=300"]


class Plain(Process):
    """A process on a processor of its own, and the port it's told to listen on."""

    def __init__(self, command, **options):
        super().__init__(["taskset", "-c", str(CORE), *command], **options)

    def processes(self):
        return [self.child.pid]


class Container:
    """The same in a container. What the engine itself keeps for it is not counted."""

    def __init__(self, command):
        self.id = subprocess.run(["docker", "run", "--detach", "--rm", "--network=host", f"--cpuset-cpus={CORE}", *command], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["docker", "kill", self.id], stdout=subprocess.DEVNULL, check=False)

    def processes(self):
        listed = subprocess.run(["docker", "top", self.id, "-eo", "pid"], check=True, stdout=subprocess.PIPE, text=True)
        return [int(line) for line in listed.stdout.split()[1:]]

    def ensure_alive(self):
        if not self.processes():
            raise RuntimeError("the container has ended")


NODE = os.path.join(ROOT, "bench", "node-function.mjs")


def variants(folder):
    """(name, size of what is deployed, whether each request has an instance, how to start it on a port)."""
    images = stand_ins()
    wasmtime = script("wasmtime.sh")
    component, module = (os.path.join(ROOT, "dist", name) for name in ("functions.wasm", "functions-wasmedge.wasm"))
    compiled = os.path.join(folder, "functions-wasmedge.so")
    shared = ["-v", f"{os.path.dirname(module)}:/dist:ro", "-v", f"{folder}:/made", images["WASMEDGE_IMAGE"]]
    subprocess.run(["docker", "run", "--rm", *shared, "compile", "/dist/functions-wasmedge.wasm", "/made/functions-wasmedge.so"], check=True, stdout=subprocess.DEVNULL)
    native = native_program()
    image = native_image(native, folder)
    # What an earlier start has compiled is not to spare this one it.
    serve = ["serve", "-C", "cache=n", "-S", "cli", "--env", "RUNTIME=wasmtime", "--addr"]
    yield "container, native program", os.path.getsize(native), False, lambda port: Container([*listening(port), image])
    yield "process, native program", os.path.getsize(native), False, lambda port: Plain(["env", f"ADDRESS=127.0.0.1:{port}", native])
    yield "process, Node.js", os.path.getsize(NODE), False, lambda port: Plain(["node", NODE, str(port)])
    yield "process, wasmtime, compiled at the start", os.path.getsize(component), True, lambda port: Plain([wasmtime, *serve, f"127.0.0.1:{port}", component])
    in_wasmtime = ["-v", f"{os.path.dirname(component)}:/dist:ro", images["WASMTIME_IMAGE"]]
    yield "container, wasmtime, compiled at the start", os.path.getsize(component), True, lambda port: Container([*in_wasmtime, *serve, f"127.0.0.1:{port}", "/dist/functions.wasm"])
    for name, file, limits in (("wasmtime, compiled ahead", "functions.cwasm", LIMITS), ("JavaScript on wasmtime", "functions-javascript.cwasm", LANGUAGE_LIMITS), ("Python on wasmtime", "functions-python.cwasm", LANGUAGE_LIMITS), ("three languages on wasmtime", "functions-composed.cwasm", LANGUAGE_LIMITS)):
        path = os.path.join(ROOT, FUNCTIONS, file)
        if built(path):
            ahead = [wasmtime, "serve", "--allow-precompiled", "-S", "cli", *limits, "--addr"]
            yield f"process, {name}", os.path.getsize(path), True, lambda port, ahead=ahead, path=path: Plain([*ahead, f"127.0.0.1:{port}", path])
    yield "container, WasmEdge interpreting", os.path.getsize(module), False, lambda port: Container([*shared, *listening(port), "/dist/functions-wasmedge.wasm"])
    yield "container, WasmEdge, compiled ahead", os.path.getsize(compiled), False, lambda port: Container([*shared, *listening(port), "/made/functions-wasmedge.so"])
    worker = [os.path.join(ROOT, FUNCTIONS, name) for name in ("functions-wcgi.wasm", "worker.mjs", "wasi.mjs")]
    if all(map(built, worker)):
        workerd = [script("workerd.sh"), "serve", os.path.join(ROOT, FUNCTIONS, "workerd.capnp")]
        yield "process, workerd", sum(map(os.path.getsize, worker)), True, lambda port: Plain([*workerd, f"--socket-addr=http=127.0.0.1:{port}"])


def built(path):
    there = os.path.isfile(path)
    if not there:
        say(f"bench: functions: left out: {os.path.relpath(path, ROOT)} is not built (make functions RUNTIME=all)")
    return there


def listening(port):
    return ["--env", f"ADDRESS=127.0.0.1:{port}"]


def stand_ins():
    path = os.path.join(ROOT, "docker", "standins.env")
    with open(path) as file:
        named = dict(line.strip().split("=", 1) for line in file if "=" in line)
    return {**named, **{name: os.environ[name] for name in named if os.environ.get(name)}}


def native_program():
    """Linked statically: the smallest container holds it and nothing else."""
    target = "x86_64-unknown-linux-gnu"
    command = ["cargo", "build", "--quiet", "--release", "--target", target, "-p", "functions-native"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "RUSTFLAGS": "-C target-feature=+crt-static"})
    return os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), target, "release", "functions-native")


def native_image(program, folder):
    context = os.path.join(folder, "native")
    os.makedirs(context)
    shutil.copy(program, os.path.join(context, "functions"))
    with open(os.path.join(context, "Dockerfile"), "w") as file:
        file.write("FROM scratch\nCOPY functions /functions\nENTRYPOINT [\"/functions\"]\n")
    built = subprocess.run(["docker", "build", "--quiet", context], check=True, stdout=subprocess.PIPE, env={**os.environ, "DOCKER_BUILDKIT": "0"}, text=True)
    return built.stdout.strip()


def until_first_answer(start):
    """Milliseconds from the start to the first 200, and what runs."""
    port = free_port()
    begun = time.monotonic()
    running = start(port)
    while answer(f"http://127.0.0.1:{port}/health")[0] != 200:
        if time.monotonic() - begun > 60:
            running.__exit__()
            raise RuntimeError("no answer within a minute")
        time.sleep(0.001)
    return (time.monotonic() - begun) * 1000, running, port


def measure(start, seconds):
    cold, running, port = until_first_answer(start)
    with running:
        pids = running.processes()
        begun = time.monotonic()
        answer(f"http://127.0.0.1:{port}{REQUEST.path}")
        first = (time.monotonic() - begun) * 1000
        url = f"http://127.0.0.1:{port}{REQUEST.path}"
        idle = sum(memory_kib(pid, "VmRSS") for pid in pids)
        before = sum(map(cpu_seconds_by_ticks, pids))
        requests, rate, _, p99 = wrk(REQUEST, url, seconds)
        cpu = (sum(map(cpu_seconds_by_ticks, pids)) - before) * 1e6 / requests
        busy = sum(memory_kib(pid, "VmHWM") for pid in pids)
    return {"cold": cold, "first": first, "p99": p99 / 1000, "idle": idle / KIB, "busy": busy / KIB, "rate": rate, "cpu": cpu}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    os.makedirs(MADE, exist_ok=True)
    others = os.sched_getaffinity(0) - {CORE}
    if others:
        os.sched_setaffinity(0, others)
    with tempfile.TemporaryDirectory(prefix="edge-bench.") as folder:
        os.chmod(folder, 0o777)
        rows = list(variants(folder))
        samples = {name: [] for name, *_ in rows}
        for number in range(chosen.rounds):
            for name, *_, start in rows:
                say(f"bench: functions: round {number + 1}: {name}")
                samples[name].append(measure(start, chosen.seconds))
        memory = {}
        for name, _, per_request, start in rows:
            say(f"bench: functions: a hundred instances: {name}")
            memory[name] = at_hundred(name, per_request, start)
        report(rows, samples, memory)
        plots(samples, memory)
    print()
    instances.main()


def at_hundred(name, per_request, start):
    if per_request:
        return hundred.of_requests(start, until_first_answer)
    return hundred.of_processes(start, until_first_answer, containers=name.startswith("container"))


def report(rows, samples, memory):
    base = samples[rows[0][0]]
    print("| variant | deployed | cold start | ratio | first request | RSS idle | RSS under load | memory at 100 instances | requests/s on one core | ratio | p99 | CPU per request | ratio |")
    print("|---" + "|--:" * 12 + "|")
    for name, size, *_ in rows:
        middle = {key: statistics.median(sample[key] for sample in samples[name]) for key in base[0]}
        ratio = {key: f"{statistics.median(mine[key] / other[key] for mine, other in zip(samples[name], base)):.2f}" for key in base[0]}
        print(f"| {name} | {size / KIB:,.0f} KiB | {middle['cold']:.0f} ms | {ratio['cold']} | {middle['first']:.1f} ms | {middle['idle']:.1f} MiB | {middle['busy']:.1f} MiB | {memory[name]:,.0f} MiB "
              f"| {middle['rate']:,.0f} | {ratio['rate']} | {middle['p99']:.2f} ms | {middle['cpu']:.0f} µs | {ratio['cpu']} |")


def plots(samples, memory):
    """Beside the table, in bench/results/functions."""
    cold = {name: spread([sample["cold"] for sample in of_one]) for name, of_one in samples.items()}
    rate = {name: spread([sample["rate"] for sample in of_one]) for name, of_one in samples.items()}
    held = {name: (mebibytes, mebibytes, mebibytes) for name, mebibytes in memory.items()}
    drawn = [
        plot.Bars("cold-start", "From its start to its first answer", "ms", cold),
        plot.Bars("rate", "Requests a second, on one core", "", rate),
        plot.Bars("memory", "Memory of 100 instances", "MiB", held),
    ]
    folder = os.path.join(RESULTS, "functions")
    os.makedirs(folder, exist_ok=True)
    for each in drawn:
        with open(os.path.join(folder, f"{each.name}.svg"), "w") as file:
            file.write(plot.drawn(each))


def spread(values):
    return statistics.median(values), min(values), max(values)


if __name__ == "__main__":
    main()
