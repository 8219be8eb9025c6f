"""Bodies: 64 KiB compressed by Envoy, by Envoy as our negotiation says, and by us; and small ones that nobody compresses."""

import dataclasses

import native
import ours
import variants
from report import compared
from rounds import Variant, measure

GZIP = {"content-encoding": "gzip"}


def run(bench):
    small = variants.browser("/small")
    large = dataclasses.replace(variants.browser("/large"), connections=8)
    negotiating = ours.ours("compression-negotiation", ours.compression_negotiation())
    encoding = ours.ours("compression-negotiation", ours.compression_negotiation(encode={"gzip": {"level": 6}}))
    items = {
        "none": [],
        "compressor": [native.compressor()],
        "compression-negotiation, compressor": [negotiating, native.compressor()],
        "compression-negotiation, encoding": [encoding],
    }
    for name in [each for each in items if each.startswith("compression")]:
        items[f"{name}, {variants.NATIVELY}"] = [ours.natively(item) for item in items[name]]
    for name, load, title in (("small", small, "Small bodies"), ("large", large, "Bodies of 64 KiB")):
        measured = [
            Variant(each, filters, load, against="compressor" if len(each) > 10 else "none", says=GZIP if filters and load is large else {})
            for each, filters in items.items()
        ]
        results = measure(bench, measured, f"compression, {name}", rounds=bench.few_rounds)
        yield compared(f"compression, {name}", f"{title}, gzip level 6, real upstream", results)
