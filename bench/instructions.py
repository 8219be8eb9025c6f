#!/usr/bin/env python3
"""Instructions per request of the libraries' hot paths, counted by valgrind: steady where times are not.

    instructions.py      prints them as a Markdown table, each beside the last run's in this folder
"""

import os
import re
import subprocess
import sys

from machine import ROOT, program, script

HEAD = re.compile(r"^\w+::filters::(\w+) (\w+):")
COUNT = re.compile(r"^\s+Instructions:\s+([\d,]+)\|(\S+)")


def counted():
    """(filter, path, instructions, instructions of the last run or None), in the order of the benchmarks."""
    program("valgrind")
    environment = {**os.environ, "GUNGRAUN_RUNNER": script("gungraun.sh"), "CARGO_TERM_COLOR": "never", "GUNGRAUN_COLOR": "never"}
    command = ["cargo", "bench", "--quiet", "-p", "bench-instructions", "--bench", "hot_paths", "--bench", "refusals"]
    out = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if out.returncode or "Instructions:" not in out.stdout:
        sys.exit(f"bench: instructions could not be counted\n{out.stdout[-2000:]}{out.stderr[-2000:]}")
    rows, named = [], None
    for line in out.stdout.splitlines():
        named = HEAD.match(line) or named
        count = COUNT.match(line)
        if count and named:
            last = count[2].replace(",", "")
            rows.append((named[1].replace("_", "-"), named[2].replace("_", " "), int(count[1].replace(",", "")), int(last) if last.isdigit() else None))
    return rows


def cells(row):
    name, path, count, last = row
    change = f"{(count - last) / last * 100:+.1f} %" if last else ""
    return name, path, f"{count:,}", change


TABLE = ("filter", "one request and its response", "instructions", "since the last run")


def main():
    print("| " + " | ".join(TABLE) + " |\n|---|---|--:|--:|")
    for row in counted():
        print("| " + " | ".join(cells(row)) + " |")


if __name__ == "__main__":
    main()
