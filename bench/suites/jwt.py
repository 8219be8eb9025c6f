"""Tokens: seen before and not, by each algorithm, with ours and with Envoy's `jwt_authn`, its cache off and on."""

import dataclasses

import native
import ours
import tokens
import variants
from report import compared
from rounds import Variant, measure

# Of verified tokens, in both. New tokens come in a circle of three times as many, so that none is ever still there.
CACHE = 4000
NEW = 12000
MIXES = (("one token", 1), ("1,000 tokens", 1000), ("new tokens", NEW))


def load(algorithm, count):
    values = tuple(f"Bearer {token}" for token in tokens.tokens(count, algorithm))
    return variants.browser("/direct", vary="authorization", values=values, shuffled=count == 1000)


def run(bench):
    keys = (tokens.key_set(), tokens.ISSUER, tokens.AUDIENCE)
    filters = {
        "none": [],
        "jwt-auth": [ours.ours("jwt-auth", ours.jwt_auth(*keys, cache=CACHE))],
        "jwt_authn": [native.jwt_authn(*keys)],
        "jwt_authn, cache": [native.jwt_authn(*keys, cache=CACHE)],
    }
    for algorithm in tokens.ALGORITHMS[:1] if bench.quick else tokens.ALGORITHMS:
        measured = mixed(filters, algorithm, bench.quick)
        results = measure(bench, measured, f"jwt {algorithm}", rounds=min(4, bench.rounds))
        notes = f"Both remember up to {CACHE} tokens; new ones are {NEW} in a circle."
        yield compared(f"jwt {algorithm}", f"Tokens by {algorithm}, direct response", results, notes)


def mixed(filters, algorithm, quick):
    """Every filter with every mix of tokens; quickly, only what the targets speak of."""
    measured, first = [], {}
    for mix, count in MIXES[::2] if quick else MIXES:
        rival = "jwt_authn" if count == NEW else "jwt_authn, cache"
        sent = load(algorithm, count)
        for name, items in filters.items():
            # Without filters and without a cache the same token again costs what another one does.
            if (name == "none" and first) or (name == "jwt_authn" and count == 1000):
                continue
            if quick and name not in ("none", "jwt-auth", rival):
                continue
            on, against = first.get(name, ""), f"{rival}: {mix}" if name == "jwt-auth" else "none: one token"
            seen = variants.VERIFIED if items else {}
            measured.append(Variant(f"{name}: {mix}", items, sent, against=against, on=on, seen=seen))
            first.setdefault(name, f"{name}: {mix}")
            # Those of one token, whichever comes: it's the same work. EdDSA is verified by the module itself.
            if name == "jwt-auth" and (count != NEW or algorithm != "EdDSA"):
                floor = variants.host_calls(measured[-1], f"-{algorithm}" if count == NEW else "")
                measured.append(dataclasses.replace(floor, load=load(algorithm, 1)))
    return measured
