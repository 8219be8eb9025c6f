#!/usr/bin/env python3
"""Lists the filters of the workspace, one line of tab-separated fields each.

    filters.py               name  package  module  callbacks  budget  gzip_budget  counted
    filters.py --featured    the same of the builds with a feature, which the modules' names end in

A filter is a package under filters/ with a cdylib. What `wasm-opt.sh` must know of it stands in its Cargo.toml:

    [package.metadata.filter]
    callbacks = ["proxy_on_request_headers", "proxy_on_response_headers"]  # the callbacks it uses, no others are exported
    budget = "300KiB"        # of the optimised module
    gzip_budget = "110KiB"   # of the optimised module through gzip -9 (optional, 0 = none)
    counted = false          # not part of the five modules' total (optional)

    [package.metadata.filter.featured.all-codings]  # a second module of it, with this Cargo feature; not counted
    budget = "1700KiB"
"""

import json
import os
import re
import subprocess
import sys

UNITS = {"": 1, "B": 1, "KB": 1000, "KiB": 1024, "MB": 1000**2, "MiB": 1024**2}


def packages():
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--no-deps", "--format-version", "1"], check=True, stdout=subprocess.PIPE
        ).stdout
    )
    folder = os.path.join(metadata["workspace_root"], "filters")
    members = [p for p in metadata["packages"] if os.path.dirname(os.path.dirname(p["manifest_path"])) == folder]
    return sorted(members, key=lambda p: p["manifest_path"])


def size(text, where):
    found = re.fullmatch(r"(\d+)\s*([A-Za-z]*)", str(text))
    if not found or found[2] not in UNITS:
        sys.exit(f'{where}: expected a size such as "300KiB", found {text!r}')
    return int(found[1]) * UNITS[found[2]]


def lines(package, featured):
    name = os.path.basename(os.path.dirname(package["manifest_path"]))
    where = f"filters/{name}/Cargo.toml: package.metadata.filter"
    modules = [t["name"] for t in package["targets"] if "cdylib" in t["kind"]]
    if len(modules) != 1:
        sys.exit(f"filters/{name}/Cargo.toml: expected one cdylib, found {len(modules)}")
    described = dict((package["metadata"] or {}).get("filter") or {})
    builds = described.pop("featured", {})
    module = modules[0].replace("-", "_")
    if not featured:
        return [line(where, name, package, module, described)]
    return [
        line(
            f"{where}.featured.{feature}",
            f"{name}-{feature}",
            package,
            f"{module}_{feature}".replace("-", "_"),
            {"callbacks": described.get("callbacks"), **build, "counted": False},
        )
        for feature, build in builds.items()
    ]


def line(where, name, package, module, described):
    unknown = described.keys() - {"callbacks", "budget", "gzip_budget", "counted"}
    if unknown or "callbacks" not in described or "budget" not in described:
        sys.exit(f"{where}: expected callbacks and budget, optionally gzip_budget and counted; found {sorted(described)}")
    return (
        name,
        package["name"],
        module,
        ",".join(described["callbacks"]) or "none",
        size(described["budget"], f"{where}.budget"),
        size(described.get("gzip_budget", "0"), f"{where}.gzip_budget"),
        "yes" if described.get("counted", True) else "no",
    )


for member in packages():
    for fields in lines(member, featured=sys.argv[1:] == ["--featured"]):
        print(*fields, sep="\t")
