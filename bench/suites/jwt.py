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


def jwt_auth():
    return [ours.ours("jwt-auth", ours.jwt_auth(tokens.key_set(), tokens.ISSUER, tokens.AUDIENCE, cache=CACHE))]


def new_tokens(algorithm):
    """jwt-auth with tokens that it hasn't seen before."""
    return Variant("jwt-auth: new tokens", jwt_auth(), load(algorithm, NEW), seen=variants.VERIFIED)


def host_calls(variant, algorithm, is_new):
    """Its host calls alone. Those of one token, whichever comes: it's the same work."""
    floor = variants.host_calls(variant, f"-{algorithm}" if is_new else "")
    return dataclasses.replace(floor, load=load(algorithm, 1))


def run(bench):
    keys = (tokens.key_set(), tokens.ISSUER, tokens.AUDIENCE)
    filters = {
        "none": [],
        "jwt-auth": jwt_auth(),
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
            # EdDSA is verified by the module itself.
            if name == "jwt-auth" and (count != NEW or algorithm != "EdDSA"):
                measured.append(host_calls(measured[-1], algorithm, count == NEW))
    return measured
