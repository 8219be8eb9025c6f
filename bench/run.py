#!/usr/bin/env python3
"""What the filters cost, beside the same Envoy without them and with its native ones, in one run. See README.md.

    run.py [--quick] [--suite NAME[,NAME...]] [--rounds N] [--seconds N] [--output FOLDER]
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

import machine
import modules
import report
import targets
import upstream
from machine import say
from suites import SUITES


class Bench:
    """What all suites share: how long to measure, and the upstream."""

    def __init__(self, options, folder):
        self.quick = options.quick
        # What the targets speak of is measured in all these rounds, the rest in fewer: many short ones by turns tell more
        # than a few long ones.
        self.rounds = options.rounds or (3 if options.quick else 5)
        self.few_rounds = min(3, self.rounds)
        self.seconds = options.seconds or 1
        self.warm_up = 1
        self.folder = folder
        self.number = 0
        self.nginx_port = machine.free_port()
        self.stack = []

    def start(self, databases):
        self.stack.append(upstream.start(self.folder, self.nginx_port, databases))

    def serve(self, path_and_more):
        """Has the upstream serve a file too; gives back what came with its path."""
        path, more = path_and_more
        link = os.path.join(self.folder, "site", os.path.basename(path))
        if not os.path.lexists(link):
            os.symlink(path, link)
        return more

    def next_number(self):
        self.number += 1
        return self.number

    def stop(self):
        for process in self.stack:
            process.stop()


def options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer variants and rounds: two minutes")
    parser.add_argument("--suite", default="", help=f"of {', '.join(SUITES)}; all by default")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--output", help="bench/results when everything was measured, else bench/results/partial")
    chosen = parser.parse_args()
    named = [name for name in chosen.suite.split(",") if name]
    unknown = [name for name in named if name not in SUITES]
    if unknown:
        parser.error(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    chosen.whole = not (named or chosen.quick)
    chosen.output = chosen.output or os.path.join(machine.RESULTS, "" if chosen.whole else "partial")
    chosen.suites = named or [name for name, suite in SUITES.items() if suite.quick or not chosen.quick]
    return chosen


def main():
    chosen = options()
    machine.check()
    modules.build()
    started = time.monotonic()
    folder = tempfile.mkdtemp(prefix="edge-bench.")
    os.chmod(folder, 0o755)
    bench = Bench(chosen, folder)
    description = machine.description()
    sections, failed = [], []
    try:
        bench.start(databases())
        for name in chosen.suites:
            say(f"bench: suite {name}")
            begun = time.monotonic()
            # Whatever goes wrong in one suite, the others' results are worth having, and what it had until then.
            try:
                for section in SUITES[name].run(bench):
                    sections.append(section)
                    report.write(chosen.output, description, targets.section(sections) + sections)
            except (Exception, SystemExit) as error:
                say(f"bench: suite {name} failed: {type(error).__name__}: {error}")
                failed.append(name)
            say(f"bench: suite {name} took {time.monotonic() - begun:.0f} s")
    finally:
        bench.stop()
    found = targets.section(sections, chosen.whole)
    report.write(chosen.output, description, found + sections)
    if chosen.whole:
        report.into_readme(found)
    print(report.text(found + sections))
    say(f"bench: {time.monotonic() - started:.0f} s; results in {os.path.relpath(chosen.output)}")
    if failed:
        sys.exit(f"bench: failed: {', '.join(failed)}; their Envoys' logs are in {folder}")
    shutil.rmtree(folder)


def databases():
    import geography

    return geography.world()


if __name__ == "__main__":
    main()
