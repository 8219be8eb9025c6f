#!/usr/bin/env python3
"""Prints the test programs of the integration package that belong to a tier: integration-tests.py wasm|envoy|deploy

A test program's name begins with what it needs: `vm_` and `artifacts` need only the modules, `deploy_` checks
manifests, images and compose, and everything else starts a real Envoy.
"""

import json
import os
import subprocess
import sys


def tier_of(test):
    if test.startswith(("vm", "artifacts")):
        return "wasm"
    return "deploy" if test.startswith("deploy") else "envoy"


def main(tier):
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--no-deps", "--format-version", "1"], check=True, stdout=subprocess.PIPE
        ).stdout
    )
    manifest = os.path.join(metadata["workspace_root"], "integration", "Cargo.toml")
    tests = [
        target["name"]
        for package in metadata["packages"]
        if package["manifest_path"] == manifest
        for target in package["targets"]
        if "test" in target["kind"]
    ]
    print("\n".join(test for test in sorted(tests) if tier_of(test) == tier))


main(*sys.argv[1:])
