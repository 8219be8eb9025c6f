"""Start and memory: until the first answer, resident memory by worker and by VM, and until an update has effect."""

import copy
import os
import statistics
import time

import ours
import variants
from envoy import Envoy
from machine import say
from process import answer
from report import Section, spread_of
from rounds import check

WORKERS = (1, 4)
STARTS = 3
UPDATES = 3
MIB = 1024 * 1024


def start(bench, variant, workers, dynamic=False):
    folder = os.path.join(bench.folder, f"envoy-{bench.next_number()}")
    return Envoy(variant.name, folder, variant.filters, bench.nginx_port, workers, dynamic)


def ready(bench, variant):
    """Milliseconds from the process's start to its first answer, and of CPU time until then."""
    with start(bench, variant, 1) as envoy:
        return envoy.ready(variant.load.path, variant.load.probe()) * 1000, envoy.cpu_seconds() * 1000


def resident(bench, variant, workers):
    """MiB, when all VMs are there, databases have arrived and each worker has served some requests."""
    with start(bench, variant, workers) as envoy:
        envoy.ready(variant.load.path, variant.load.probe())
        check(envoy, variant)
        for _ in range(40 * workers):
            answer(envoy.url(variant.load.path), variant.load.probe())
        time.sleep(1)
        return envoy.resident_bytes() / MIB


def updated(filters, number):
    """The same filters with another configuration each: Wasm plugins by another name, which no VM has seen."""
    changed = copy.deepcopy(filters)
    for item in changed:
        if "wasm" in item["typed_config"]["@type"]:
            item["typed_config"]["config"]["name"] += f"-{number}"
    return changed


def update(bench, variant):
    """Milliseconds, each, from a changed file of listeners to the first answer by it."""
    times = []
    with start(bench, variant, 1, dynamic=True) as envoy:
        envoy.ready(variant.load.path, variant.load.probe())
        for number in range(2, UPDATES + 2):
            begun = time.monotonic()
            envoy.write_listeners(updated(variant.filters, number), number)
            while answer(envoy.url(variant.load.path), variant.load.probe())[2].get("x-version") != str(number):
                envoy.ensure_alive()
                if time.monotonic() - begun > 30:
                    raise RuntimeError(f"{variant.name}: update {number} has no effect ({envoy.log})")
                time.sleep(0.002)
            times.append((time.monotonic() - begun) * 1000)
    return times


def run(bench):
    filters = variants.Filters()
    load = variants.browser("/direct")
    chosen = [*variants.chains(filters, load, lua=False, floors=False), variants.Variant("empty", [ours.empty()], load)]
    starts = {variant.name: [] for variant in chosen}
    for number in range(STARTS):
        say(f"bench: memory: start {number + 1} of {STARTS}")
        for variant in chosen:
            starts[variant.name].append(ready(bench, variant))
    rows, data, none = [], {}, None
    for variant in chosen:
        say(f"bench: memory: {variant.name}")
        few, many = (resident(bench, variant, workers) for workers in WORKERS)
        times = update(bench, variant)
        none = none or (few, many)
        machines = sum("wasm" in item["typed_config"]["@type"] for item in variant.filters)
        # What workers 2 to 4 add, beyond what they add to an Envoy without filters, by VM.
        each = ((many - few) - (none[1] - none[0])) / (machines * (WORKERS[1] - WORKERS[0])) if machines else None
        begun = starts[variant.name]
        later, more = ([mine[at] - bare[at] for mine, bare in zip(begun, starts["none"])] for at in (0, 1))
        more_mib = [few - none[0], many - none[1]]
        data[variant.name] = {"start_ms": begun, "more_mib": more_mib, "later_ms": later, "more_cpu_ms": more, "mib": [few, many], "mib_per_vm": each, "update_ms": times}
        said = [spread_of(values, 0) if variant.name != "none" else "" for values in (later, more)]
        rows.append((
            variant.name, f"{statistics.median(wall for wall, _ in begun):.0f} ms", *said, f"{few:.1f} MiB", f"{many:.1f} MiB",
            f"{each:.2f} MiB" if each is not None else "", f"{spread_of(times, 0)} ms",
        ))
    head = ("variant", "ready after", "later than none (ms)", "more CPU than none (ms)", "RSS, 1 worker", "RSS, 4 workers", "per further VM", "update has effect after")
    notes = "Ready: the process's start to its first answer; a token is verified and counted by then. VMs are one per module and worker, and two more for each module."
    return [Section("memory", "Start, memory and updates", head, rows, data, notes)]
