#!/usr/bin/env python3
"""Prints, one a line, what `cargo test` must be given to run a tier: tests_of.py native|wasm|envoy|envoy-native|envoy-version|deploy

native: every package that runs on any machine. The other tiers are test programs of the package integration, whose
names begin with what they need: `vm_` and `artifacts` only the modules, `deploy_` manifests, images or Compose, and all
others a real Envoy; of these, envoy-version are the few that are run on every Envoy in use, and envoy-native those that are
run once more with the native module.
"""

import json
import os
import subprocess
import sys

# Packages that are modules, or need some.
NOT_NATIVE = ("filters", "modules", "integration", os.path.join("functions", "component"), os.path.join("functions", "wasi-http"), os.path.join("functions", "wasmedge"), os.path.join("functions", "middleware"))


# Every case, what no request may do to the next one, quotas across workers, keys that change under load, and the
# configurations that are shipped.
EVERY_VERSION = ("cases", "robustness", "rate_limit_exact", "jwt_auth_rotation", "envoy_versions")


# The adapter, every case, quotas across workers, calls of streams and of configurations, keys that change under load, updates,
# and crowds and dependencies that fail.
NATIVE_MODULE = ("adapter", "cases", "jwt_auth_rotation", "rate_limit_exact", "rate_limit_global", "reload", "robustness", "storm")


def tier_of(test):
    if test.startswith(("vm", "artifacts")):
        return "wasm"
    return "deploy" if test.startswith("deploy") else "envoy"


def belongs(test, tier):
    chosen = {"envoy-version": EVERY_VERSION, "envoy-native": NATIVE_MODULE}.get(tier)
    return tier_of(test) == tier if chosen is None else test in chosen


def main(tier):
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--no-deps", "--format-version", "1"], check=True, stdout=subprocess.PIPE
        ).stdout
    )
    for package in metadata["packages"]:
        folder = os.path.relpath(os.path.dirname(package["manifest_path"]), metadata["workspace_root"])
        if tier == "native" and not any(folder == other or folder.startswith(other + os.sep) for other in NOT_NATIVE):
            print("-p", package["name"], sep="\n")
        if tier != "native" and folder == "integration":
            for target in package["targets"]:
                if "test" in target["kind"] and belongs(target["name"], tier):
                    print("--test", target["name"], sep="\n")
            if tier == "wasm" and any("lib" in target["kind"] for target in package["targets"]):
                print("--lib")


main(*sys.argv[1:])
