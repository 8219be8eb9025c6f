"""What filters cost that do nothing."""

import variants
from report import compared
from rounds import measure


def run(bench):
    load = variants.browser("/direct")
    results = measure(bench, variants.floor(load), "floor", seconds=1)
    return [compared("floor", "Filters that do nothing, direct response", results)]
