"""Sizes of the shipped modules, and what is in them."""

import collections
import gzip
import os
import shutil
import subprocess
import sys

import modules
from attribution import attributed
from machine import MADE, ROOT, say, script
from report import Section

SHOWN = 14


def listed():
    """(name, package, module, callbacks, counted among the five) of what filters.py lists and dist has."""
    lines = subprocess.run([sys.executable, "scripts/filters.py"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in lines.splitlines():
        name, package, module, callbacks, _, _, counted = line.split("\t")
        if os.path.exists(os.path.join(ROOT, "dist", f"{name}.wasm")):
            yield name, package, module, callbacks, counted == "yes"


def built(module):
    """What cargo has made of it."""
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return os.path.join(target, "wasm32-wasip1", "release", f"{module}.wasm")


def named(package, module, callbacks, optimiser):
    """The path of the optimised module once more, with the names of its functions."""
    made = built(module)
    command = [modules.CARGO, "rustc", "--quiet", "--release", "-p", package, "--", "-C", "strip=none"]
    # A copy, since what cargo leaves is a link to what it keeps.
    shutil.copy(made, made + ".shipped")
    subprocess.run(command, cwd=ROOT, check=True)
    path = os.path.join(MADE, f"{module}.named.wasm")
    modules.optimise(optimiser, made, path, callbacks, names=True)
    os.replace(made + ".shipped", made)
    return path


def run(_):
    optimiser = script("wasm-opt.sh")
    rows, contents, totals, data = [], {}, collections.Counter(), {}
    for name, package, module, callbacks, counted in listed():
        say(f"bench: sizes: {name}")
        with open(os.path.join(ROOT, "dist", f"{name}.wasm"), "rb") as file:
            shipped = file.read()
        raw = os.path.getsize(built(module))
        with open(named(package, module, callbacks, optimiser), "rb") as file:
            contents[name] = attributed(file.read())
        size = {"raw": raw, "optimised": len(shipped), "gzip": len(gzip.compress(shipped, 9, mtime=0))}
        rows.append((name, *map(kib, size.values())))
        data[name] = {**size, "crates": dict(contents[name].most_common())}
        if counted:
            totals.update(size)
    data["five together"] = dict(totals)
    rows.append(("five together", *map(kib, totals.values())))
    sizes = Section("sizes", "Sizes", ("module", "raw", "optimised", "gzip -9"), rows, data)
    return [sizes, what_is_in_them(contents)]


def what_is_in_them(contents):
    everything = sum(contents.values(), collections.Counter())
    crates = [crate for crate, _ in everything.most_common(SHOWN)]
    rows = [(crate, *(kib(content[crate]) for content in contents.values())) for crate in crates]
    rows.append(("all others", *(kib(sum(content.values()) - sum(content[crate] for crate in crates)) for content in contents.values())))
    notes = "Bytes of the optimised modules' functions by the crate that their names begin with; generic code counts where it was written."
    return Section("contents", "What is in them", ("crate", *contents), rows, {}, notes)


def kib(size):
    return f"{size / 1024:.1f} KiB"
