"""Variants in turn, round by round, and what the rounds say: medians, spread, and ratios within each round."""

import dataclasses
import os
import statistics
import subprocess
import time

import load as loads
from envoy import Envoy
from machine import say
from process import answer


@dataclasses.dataclass
class Variant:
    """A name, the filters of an Envoy, and the load that it gets."""

    name: str
    filters: list
    load: loads.Load
    workers: int = 1
    # The variant that it is compared with.
    against: str = "none"
    # The variant whose Envoy serves this one too, with another load.
    on: str = ""
    # What the page /seen must say (upstream.py), and which response headers must be there (`*` for any value): that the
    # filters do what they are compared for.
    seen: dict = dataclasses.field(default_factory=dict)
    says: dict = dataclasses.field(default_factory=dict)


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
    """Starts an Envoy per variant, some at a time, and ends them with the block."""

    def __init__(self, bench, variants):
        self.bench = bench
        self.variants = variants
        self.envoys = {}

    def __enter__(self):
        try:
            self.start([variant for variant in self.variants if not variant.on])
            for variant in self.variants:
                check(self.of(variant), variant)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for envoy in self.envoys.values():
            envoy.stop()

    def of(self, variant):
        return self.envoys[variant.on or variant.name]

    def start(self, variants):
        for number, variant in enumerate(variants):
            folder = os.path.join(self.bench.folder, f"envoy-{self.bench.next_number()}")
            port = self.bench.nginx_port
            self.envoys[variant.name] = Envoy(variant.name, folder, variant.filters, port, variant.workers)
            # Two cores start some at a time sooner than all of them.
            if number >= 3:
                self.wait(variants[number - 3])
        for variant in variants:
            self.wait(variant)

    def wait(self, variant):
        self.envoys[variant.name].ready(variant.load.path, variant.load.probe())


def check(envoy, variant, seconds=30):
    """That it does what it's compared for; a database may still be on its way."""
    deadline = time.monotonic() + seconds
    while wrong := differences(envoy, variant):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{variant.name}: {'; '.join(wrong)} ({envoy.log})")
        time.sleep(0.1)


def differences(envoy, variant):
    wrong = []
    if variant.seen:
        _, body, _ = answer(envoy.url("/seen"), variant.load.probe())
        fields = (field.partition("=") for field in body.decode(errors="replace").strip().split(" "))
        told = {name: value for name, _, value in fields}
        wrong += [
            f"the upstream saw {name}={told.get(name)!r}, expected {value!r}"
            for name, value in variant.seen.items()
            if told.get(name) != value
        ]
    if variant.says:
        _, _, headers = answer(envoy.url(variant.load.path), variant.load.probe())
        wrong += [
            f"the response says {name}: {headers.get(name)!r}, expected {value!r}"
            for name, value in variant.says.items()
            if headers.get(name) is None or value not in ("*", headers.get(name))
        ]
    return wrong


def warm_up(bench, envoy, load):
    """Until V8 has compiled what it finds hot: by requests, since on a busy machine a second holds few; at most five seconds."""
    served = 0
    for _ in range(5):
        served += loads.burst(load, envoy, bench.warm_up).rate * bench.warm_up
        if served >= WARM:
            return


WARM = 10_000


def burst(variant, stage, seconds):
    """One burst; a second one where the first failed, since a load generator's connection may time out on a busy machine."""
    try:
        return loads.burst(variant.load, stage.of(variant), seconds)
    except (RuntimeError, subprocess.SubprocessError) as error:
        say(f"bench: {variant.name}: once more, after: {error}")
        return loads.burst(variant.load, stage.of(variant), seconds)


def measure(bench, variants, title, rounds=None, seconds=None, warm_shared=True):
    """Every variant once per round, as many rounds as the bench has; a result each.

    Without `warm_shared` an Envoy that serves several variants is warmed up by the first of them only."""
    rounds, seconds = rounds or bench.rounds, seconds or bench.seconds
    say(f"bench: {title}: starting Envoys for {len(variants)} variants")
    results = {variant.name: Result(variant.name, variant.against, [], variant.workers) for variant in variants}
    with Stage(bench, variants) as stage:
        for variant in [each for each in variants if warm_shared or not each.on]:
            warm_up(bench, stage.of(variant), variant.load)
        for number in range(rounds):
            for variant in variants:
                results[variant.name].samples.append(burst(variant, stage, seconds))
            line = ", ".join(f"{name} {result.samples[-1].cpu:.1f}" for name, result in results.items())
            say(f"bench: {title}, round {number + 1} of {rounds}: µs of CPU: {line}")
    return results
