"""Rate limiting: one hot key and a million, with and without the fields that tell clients."""

import dataclasses

import native
import ours
import variants
from report import compared
from rounds import Variant, measure

MILLION = 1_000_000


def run(bench):
    hot = variants.browser("/direct")
    million = variants.browser("/direct", vary="x-api-key", numbers=MILLION)
    items = {
        "none": [],
        "rate-limit": [ours.ours("rate-limit", ours.rate_limit())],
        "local_ratelimit": [native.local_ratelimit()],
        "rate-limit, silent": [ours.ours("rate-limit", ours.rate_limit(headers="never"))],
        "local_ratelimit, silent": [native.local_ratelimit(headers=False)],
        "rate-limit, 1Mi slots": [ours.ours("rate-limit", ours.rate_limit(slots=1 << 20))],
        "local_ratelimit, 1Mi clients": [native.local_ratelimit(clients=1 << 20)],
    }
    rivals = dict(zip(list(items)[1::2], list(items)[2::2]))
    measured = []
    for name, filters in items.items():
        says = variants.SAYS.get(name, {})
        for mix, load in (("one key", hot), ("a million keys", million)):
            against = f"{rivals.get(name, 'none')}: {mix}"
            on = "" if load is hot else f"{name}: one key"
            measured.append(Variant(f"{name}: {mix}", filters, load, against=against, on=on, says=says))
    measured += [variants.natively(each) for each in measured if each.name.startswith("rate-limit")]
    floors = [variants.host_calls(each) for each in measured if each.name in (f"rate-limit: {mix}" for mix in ("one key", "a million keys"))]
    measured += [floors[0], *(dataclasses.replace(each, on=floors[0].name) for each in floors[1:])]
    notes = "Where nothing else is said, both keep 65,536 clients apart. Silent: no RateLimit or X-RateLimit fields in responses."
    return [compared("rate", "Rate limiting by key, direct response", measure(bench, measured, "rate", rounds=min(4, bench.rounds)), notes)]
