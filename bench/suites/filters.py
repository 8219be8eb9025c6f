"""Each of ours alone, beside Envoy's filter that comes nearest."""

import variants
from report import compared
from rounds import Variant, measure
import ours

ALONE = (
    "jwt-auth", "jwt_authn", "jwt_authn, cache", "rate-limit", "local_ratelimit", "geo-routing", "geo-routing, MMDB",
    "geo-routing, routing", "geoip", "compression-negotiation", "compressor", "cache-headers", "header_mutation",
)
LEFT_OUT_WHEN_QUICK = ("jwt_authn", "geo-routing, MMDB", "geo-routing, routing")


def run(bench):
    load = variants.browser("/direct")
    filters = variants.Filters()
    alone = [Variant("none", [], load), Variant("empty", [ours.empty()], load), Variant("passive", [ours.empty("passive")], load, against="empty")]
    names = [name for name in ALONE if not (bench.quick and name in LEFT_OUT_WHEN_QUICK)]
    alone += [variants.single(filters, name, load) for name in names]
    alone += [variants.natively(each) for each in alone if each.name.partition(",")[0] in ours.FIVE]
    alone += [variants.host_calls(variants.single(filters, name, load)) for name in ours.FIVE]
    results = measure(bench, alone, "filters")
    return [compared("filters", "Each filter alone, direct response", results)]
