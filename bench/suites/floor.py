"""What filters cost that do nothing."""

import variants
from report import compared
from rounds import measure


def run(bench):
    load = variants.browser("/direct")
    results = measure(bench, variants.floor(load), "floor", rounds=bench.few_rounds)
    return [compared("floor", "Filters that do nothing, direct response", results)]
