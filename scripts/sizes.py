#!/usr/bin/env python3
"""Prints the modules' sizes against their budgets; exits with 1 when one is over.

    sizes.py TOTAL_BUDGET TOTAL_GZIP_BUDGET < lines of: name raw-file optimised-file budget gzip_budget counted
"""

import gzip
import os
import sys

HEAD = ("filter", "raw", "optimised", "gzip -9", "budget", "gzip budget", "")


def kib(size):
    return f"{size / 1024:.1f} KiB"


def row(name, raw, optimised, gzipped, budget, gzip_budget):
    over = [
        f"{what} over by {kib(size - limit)}"
        for what, size, limit in (("optimised", optimised, budget), ("gzip", gzipped, gzip_budget))
        if limit and size > limit
    ]
    limits = [kib(limit) if limit else "-" for limit in (budget, gzip_budget)]
    return (name, kib(raw), kib(optimised), kib(gzipped), *limits, ", ".join(over) or "ok"), bool(over)


def measured(line):
    name, raw, optimised, budget, gzip_budget, counted = line.rstrip("\n").split("\t")
    with open(optimised, "rb") as file:
        module = file.read()
    gzipped = len(gzip.compress(module, 9, mtime=0))
    return (name, os.path.getsize(raw), len(module), gzipped, int(budget), int(gzip_budget)), counted == "yes"


def main(total_budget, total_gzip_budget):
    filters = [measured(line) for line in sys.stdin]
    rows = [row(*sizes) for sizes, _ in filters]
    total = [sum(sizes[column] for sizes, counted in filters if counted) for column in (1, 2, 3)]
    if any(counted for _, counted in filters):
        rows.append(row("total", *total, total_budget, total_gzip_budget))
    lines = [HEAD] + [cells for cells, _ in rows]
    widths = [max(len(cells[column]) for cells in lines) for column in range(len(HEAD))]
    for cells in lines:
        numbers = (cell.rjust(width) for cell, width in zip(cells[1:-1], widths[1:-1]))
        print("  ".join([cells[0].ljust(widths[0]), *numbers, cells[-1]]).rstrip())
    sys.exit(any(over for _, over in rows))


main(*map(int, sys.argv[1:]))
