"""The suites by name: each a function from the bench to sections of the report, and whether a quick run has it."""

import dataclasses
from collections.abc import Callable

from suites import chain, filters, floor


@dataclasses.dataclass(frozen=True)
class Suite:
    run: Callable
    quick: bool = False


SUITES = {
    "floor": Suite(floor.run),
    "filters": Suite(filters.run, quick=True),
    "chain": Suite(chain.run, quick=True),
}
