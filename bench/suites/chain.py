"""All five, as five modules and as one, beside all native ones."""

import dataclasses

import variants
from report import compared
from rounds import measure

SHAPES = (
    ("chain, upstream", "The chain, real upstream, HTTP/1.1", "/small", "HTTP/1.1"),
    ("chain, direct", "The chain, direct response, HTTP/1.1", "/direct", "HTTP/1.1"),
    ("chain, upstream, HTTP/2", "The chain, real upstream, HTTP/2", "/small", "HTTP/2"),
)


def run(bench):
    filters = variants.Filters()
    for name, title, path, protocol in SHAPES[:1] if bench.quick else SHAPES:
        load = dataclasses.replace(variants.browser(path), protocol=protocol)
        lua = protocol == "HTTP/1.1" and not bench.quick
        yield compared(name, title, measure(bench, variants.chains(filters, load, lua), name))
