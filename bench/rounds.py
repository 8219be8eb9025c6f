"""Variants in turn, round by round, and what the rounds say: medians, spread, and ratios within each round."""

import dataclasses
import os
import statistics
import time

import load as loads
from envoy import Envoy
from machine import say


@dataclasses.dataclass
class Variant:
    """A name, the filters of an Envoy, and the load that it gets (the suite's, when it has none of its own)."""

    name: str
    filters: list
    load: loads.Load = None
    workers: int = 1
    # What the page /seen must say (upstream.py): that the filters do what they are compared for.
    seen: dict = dataclasses.field(default_factory=dict)
    # The variant that it is compared with.
    against: str = "none"


@dataclasses.dataclass
class Result:
    """All the bursts of one variant."""

    name: str
    against: str
    samples: list
    workers: int = 1

    def median(self, field):
        return statistics.median(getattr(sample, field) for sample in self.samples)

    def spread(self, field):
        values = [getattr(sample, field) for sample in self.samples]
        return min(values), max(values)


def ratios(result, base, field="cpu"):
    """How many requests this one serves for one of the base's, round by round, from the CPU time of each."""
    pairs = zip(base.samples, result.samples)
    if field == "cpu":
        return [one.cpu / other.cpu for one, other in pairs]
    return [getattr(other, field) / getattr(one, field) for one, other in pairs]


class Stage:
    """Starts an Envoy per variant, all at once, and ends them with the block."""

    def __init__(self, bench, variants, dynamic=False):
        self.bench = bench
        self.variants = variants
        self.envoys = {}

    def __enter__(self):
        try:
            for number, variant in enumerate(self.variants):
                folder = os.path.join(self.bench.folder, f"{self.bench.stages}-{number}")
                port = self.bench.nginx_port
                self.envoys[variant.name] = Envoy(variant.name, folder, variant.filters, port, variant.workers)
                # Two cores start some at a time sooner than all of them.
                if number >= 3:
                    self.wait(self.variants[number - 3])
            for variant in self.variants:
                self.wait(variant)
                self.check(variant)
        except BaseException:
            self.__exit__()
            raise
        self.bench.stages += 1
        return self

    def __exit__(self, *_):
        for envoy in self.envoys.values():
            envoy.stop()

    def wait(self, variant):
        load = variant.load
        self.envoys[variant.name].ready(load.path, load.probe())

    def check(self, variant):
        """Does what it's compared for, as the upstream sees it; a database may still be on its way."""
        if not variant.seen:
            return
        envoy, deadline = self.envoys[variant.name], time.monotonic() + 30
        while True:
            status, body = loads_answer(envoy, variant)
            told = dict(pair.partition("=")[::2] for pair in body.decode(errors="replace").strip().split(" ") if "=" in pair)
            wrong = {name: told.get(name) for name, value in variant.seen.items() if told.get(name) != value}
            if not wrong:
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"{variant.name}: the upstream saw {wrong}, expected {variant.seen} (status {status})")
            time.sleep(0.1)


def loads_answer(envoy, variant):
    from process import answer

    return answer(envoy.url("/seen"), variant.load.probe())


def measure(bench, variants, title):
    """Every variant once per round, as many rounds as the bench has; a result each."""
    say(f"bench: {title}: starting {len(variants)} Envoys")
    results = {variant.name: Result(variant.name, variant.against, [], variant.workers) for variant in variants}
    with Stage(bench, variants) as stage:
        for variant in variants:
            loads.burst(variant.load, stage.envoys[variant.name], bench.warm_up)
        for number in range(bench.rounds):
            for variant in variants:
                sample = loads.burst(variant.load, stage.envoys[variant.name], bench.seconds)
                results[variant.name].samples.append(sample)
            line = ", ".join(f"{name} {result.samples[-1].cpu:.1f}" for name, result in results.items())
            say(f"bench: {title}, round {number + 1} of {bench.rounds}: µs of CPU: {line}")
    return results
