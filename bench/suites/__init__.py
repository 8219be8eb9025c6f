"""The suites by name: each a function from the bench to sections of the report, and whether a quick run has it."""

import dataclasses
from collections.abc import Callable

from suites import chain, compression, filters, floor, growth, instructions, jwt, memory, rate, sizes, updates, workers


@dataclasses.dataclass(frozen=True)
class Suite:
    run: Callable
    quick: bool = False


SUITES = {
    "floor": Suite(floor.run),
    "filters": Suite(filters.run, quick=True),
    "chain": Suite(chain.run, quick=True),
    "jwt": Suite(jwt.run, quick=True),
    "rate": Suite(rate.run),
    "compression": Suite(compression.run),
    "workers": Suite(workers.run),
    "growth": Suite(growth.run),
    "memory": Suite(memory.run),
    "updates": Suite(updates.run),
    "sizes": Suite(sizes.run),
    "instructions": Suite(instructions.run),
}
