#!/usr/bin/env python3
"""Writes what each module is made of, as CycloneDX 1.5, beside it: MODULE.wasm -> MODULE.cdx.json

    sbom.py < lines of: MODULE, PACKAGE, FEATURE, DATA, TARGET, with tabs between them

PACKAGE is the Cargo package, FEATURE the one of a second build or nothing, DATA a file that is built in or nothing, TARGET Rust's
name for what it runs on.
What is in the module has the scope "required"; what only ran on the machine that built it, "excluded". Nothing in it depends on
when or where it's made.
"""

import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def sha256(path):
    return [{"alg": "SHA-256", "content": hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()}]


def tree(package, feature, target, kinds):
    """The packages that cargo builds into one, each with those it depends on; both as (name, version)."""
    features = ["--features", feature] if feature else []
    lines = output("cargo", "tree", "--quiet", "--locked", "-p", package, *features, "--target", target, "-e", kinds, "--prefix", "depth", "--format", " {p}")
    edges, path = {}, []
    for line in lines.splitlines():
        depth, name, version = re.match(r"(\d+) (\S+) v(\S+)", line).groups()
        found = (name, version)
        edges.setdefault(found, set())
        del path[int(depth) :]
        if path:
            edges[path[-1]].add(found)
        path.append(found)
    return edges


@functools.cache
def described(target):
    """What cargo knows of every package, by name and version."""
    metadata = json.loads(output("cargo", "metadata", "--locked", "--all-features", "--format-version", "1", "--filter-platform", target))
    return {(package["name"], package["version"]): package for package in metadata["packages"]}


@functools.cache
def compiler():
    return re.match(r"rustc (\S+)", output("rustc", "--version"))[1]


@functools.cache
def checksums():
    """Of the packages' archives, as Cargo.lock holds them."""
    entry = re.compile(r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"')
    return {(name, version): sum for name, version, sum in entry.findall(pathlib.Path("Cargo.lock").read_text())}


def reference(package):
    return "@".join(package)


def component(package, known, checksum, scope):
    name, version = package
    found = {
        "type": "library",
        "bom-ref": reference(package),
        "name": name,
        "version": version,
        "scope": scope,
        # The form with a stroke is Cargo's of old.
        "licenses": [{"expression": known["license"].replace("/", " OR ")}],
    }
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        found["purl"] = f"pkg:cargo/{name}@{version}"
    if known["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": known["repository"]}]
    return found


def bom(module, package, feature, data, target):
    built = tree(package, feature, target, "normal,build")
    within = tree(package, feature, target, "normal,no-proc-macro")
    root = next(iter(built))
    library = ("rust-std", compiler())
    components = [
        component(found, described(target)[found], checksums().get(found), "required" if found in within else "excluded")
        for found in sorted(built.keys() - {root})
    ]
    components.append({
        "type": "framework", "bom-ref": reference(library), "name": library[0], "version": compiler(), "scope": "required",
        "description": f"Rust's standard library for {target}", "licenses": [{"expression": "MIT OR Apache-2.0"}],
    })
    edges = {**built, root: built[root] | {library}, library: set()}
    if data:
        table = (os.path.basename(data), root[1])
        components.append({"type": "data", "bom-ref": reference(table), "name": table[0], "scope": "required", "hashes": sha256(data)})
        edges = {**edges, root: edges[root] | {table}, table: set()}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference(root),
                "name": pathlib.Path(module).stem,
                "version": root[1],
                "hashes": sha256(module),
                "licenses": [{"expression": "Apache-2.0"}],
            },
            "properties": [
                {"name": "cargo:package", "value": package},
                {"name": "cargo:target", "value": target},
                {"name": "cargo:features", "value": feature or "default"},
            ],
        },
        "components": components,
        "dependencies": [
            {"ref": reference(found), "dependsOn": sorted(map(reference, edges[found]))} for found in sorted(edges)
        ],
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()
    return {"serialNumber": f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}", **document}


def main():
    for line in sys.stdin:
        module, *built = line.rstrip("\n").split("\t")
        path = pathlib.Path(module).with_suffix(".cdx.json")
        text = json.dumps(bom(module, *built), indent=1) + "\n"
        new = path.with_name(path.name + ".new")
        new.write_text(text)
        new.replace(path)
        print(path, flush=True)


if __name__ == "__main__":
    main()
