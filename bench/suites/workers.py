"""The chain with one worker, two and four: what the workers share must not slow them down."""

import dataclasses

import variants
import plot
from report import compared
from rounds import measure

WORKERS = (1, 2, 4)


def run(bench):
    filters = variants.Filters()
    load = dataclasses.replace(variants.browser("/direct"), connections=64)
    measured = []
    for workers in WORKERS:
        for variant in variants.chains(filters, load, lua=False, floors=False):
            name, against = f"{variant.name}, {workers}", f"{variant.against}, {workers}"
            measured.append(dataclasses.replace(variant, name=name, against=against, workers=workers))
    results = measure(bench, measured, "workers", rounds=bench.few_rounds)
    series = {}
    for variant in measured:
        result = results[variant.name]
        point = (variant.workers, result.median("cpu"), *result.spread("cpu"))
        series.setdefault(variant.name.rpartition(", ")[0], []).append(point)
    title = "By number of workers"
    lines = plot.Lines("growth-workers", title, "workers", "µs of Envoy's CPU per request", series, logarithmic=False)
    notes = "The name's number is how many workers. On fewer cores than workers and load they wait for each other."
    section = compared("workers", "The chain by number of workers, direct response", results, notes)
    section.plots = [lines]
    return [section]
