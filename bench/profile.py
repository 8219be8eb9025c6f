#!/usr/bin/env python3
"""Where a request's time goes, by function: a filter in a real Envoy, under load, sampled by perf.

    profile.py FILTER [FILTER...]      jwt-auth, rate-limit, geo-routing, compression-negotiation, cache-headers, edge-suite;
                                       jwt-auth/RS256, jwt-auth/ES256: with tokens not seen before

Beside each stands a module that makes the same host calls and does nothing else (host_calls.py): what differs in Envoy's own
code is what the filter's code does to the caches. Needs perf (Debian: linux-perf), c++filt (binutils) and leave to use them.
"""

import collections
import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile

import geography
import load as loads
import machine
import modules
import variants
import v8_flags
from machine import MADE, say
from rounds import Stage
from run import Bench
from suites import jwt, sizes

SHOWN = 30
# What rustc adds to names.
HASHES = re.compile(r"::h[0-9a-f]{16}$|\[[0-9a-f]+\]")
SECONDS = 8
HOST_VERIFIES = ("RS256", "ES256")
machine.PACKAGES |= {"perf": "linux-perf", "c++filt": "binutils"}


class Options:
    """As run.py's without arguments."""

    quick, rounds, seconds = False, None, None


def chosen(name, filters, load):
    """The variant, and its host calls alone."""
    _, _, algorithm = name.partition("/")
    if algorithm:
        variant = jwt.new_tokens(algorithm)
        return variant, jwt.host_calls(variant, algorithm, verifies=True)
    if name == "edge-suite":
        variant = next(each for each in variants.chains(filters, load, lua=False) if each.name == name)
    else:
        variant = variants.single(filters, name, load)
    return variant, variants.host_calls(variant)


def sampled(bench, variant):
    """µs of CPU per request, by (where, function). What perf itself costs is left out: it tells shares only."""
    data = os.path.join(bench.folder, "perf.data")
    with Stage(bench, [variant]) as stage:
        envoy = stage.of(variant)
        for _ in range(4):
            loads.burst(variant.load, envoy, 1)
        cpu = statistics.median(loads.burst(variant.load, envoy, 1).cpu for _ in range(5))
        record = ["perf", "record", "-e", "cpu-clock", "-F", "9973", "-p", str(envoy.child.pid), "-o", data, "--", "sleep", str(SECONDS)]
        recording = subprocess.Popen(record, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while recording.poll() is None:
            loads.burst(variant.load, envoy, 1)
    script = ["perf", "script", "-i", data, "-F", "ip,sym,dso"]
    lines = subprocess.run(script, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    counted = collections.Counter(place(line) for line in lines if line.strip())
    return {where: count / counted.total() * cpu for where, count in counted.items()}


def place(line):
    address, _, rest = line.strip().partition(" ")
    symbol, _, library = rest.rpartition(" (")
    if address.startswith("ffff"):
        return "kernel", symbol
    if "/perf-" in library:
        return "module", re.sub(r"^JS:\*?|-\d+-(turbofan|liftoff)$", "", symbol)
    return ("Envoy", "") if "envoy" in library else ("C library", symbol)


def table(name, mine, floor):
    by_place = [collections.Counter() for _ in (mine, floor)]
    for sums, found in zip(by_place, (mine, floor)):
        for (where, _), cost in found.items():
            sums[where] += cost
    print(f"\n{name}: µs of CPU per request, and with its host calls alone")
    for where in sorted(by_place[0], key=by_place[0].get, reverse=True):
        print(f"{by_place[0][where]:7.2f} {by_place[1][where]:7.2f}  {where}")
    print(f"{sum(mine.values()):7.2f} {sum(floor.values()):7.2f}  in all\n\nThe module's functions:")
    functions = sorted(((cost, symbol) for (where, symbol), cost in mine.items() if where == "module"), reverse=True)[:SHOWN]
    names = "\n".join(symbol for _, symbol in functions)
    shown = subprocess.run(["c++filt"], input=names, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    for (cost, _), text in zip(functions, shown):
        print(f"{cost:7.3f}  {HASHES.sub('', text)[:140]}")


def main():
    names = sys.argv[1:] or sys.exit(__doc__)
    machine.check()
    modules.build()
    listed = {name: (package, module, callbacks) for name, package, module, callbacks, _ in sizes.listed()}
    known = [*listed, *(f"jwt-auth/{algorithm}" for algorithm in HOST_VERIFIES)]
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"bench: no module for {', '.join(unknown)} in dist/; there are {', '.join(known)}")
    os.environ["ENVOY_BIN"] = v8_flags.copied(machine.envoy_program(), os.path.join(MADE, "envoy-for-perf"))
    filters, load = variants.Filters(), variants.browser("/direct")
    with tempfile.TemporaryDirectory(prefix="edge-bench.") as folder:
        os.chmod(folder, 0o755)
        bench = Bench(Options, folder)
        bench.start(geography.world())
        try:
            for name in names:
                say(f"bench: profiling {name}")
                variant, alone = chosen(name, filters, load)
                floor = sampled(bench, alone)
                named = sizes.named(*listed[name.partition("/")[0]], machine.script("wasm-opt.sh"))
                table(name, sampled(bench, variants.with_modules(variant, lambda _: named)), floor)
        finally:
            bench.stop()
            # V8's own log, empty, where Envoy was started.
            for left in glob.glob(os.path.join(machine.ROOT, "isolate-*-v8.log")):
                os.remove(left)


if __name__ == "__main__":
    main()
