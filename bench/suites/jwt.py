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
# Ours, and who does the same: remembers tokens or doesn't.
RIVALS = {"jwt-auth": "jwt_authn, cache", "jwt-auth, no cache": "jwt_authn"}
FORGETFUL = ("jwt-auth, no cache", "jwt_authn")


def load(algorithm, count):
    values = tuple(f"Bearer {token}" for token in tokens.tokens(count, algorithm))
    return variants.browser("/direct", vary="authorization", values=values, shuffled=count == 1000)


def issuer():
    return tokens.key_set(), tokens.ISSUER, tokens.AUDIENCE


def jwt_auth(cache=CACHE):
    return [ours.ours("jwt-auth", ours.jwt_auth(*issuer(), cache=cache))]


def new_tokens(algorithm):
    """jwt-auth with tokens that it hasn't seen before."""
    return Variant("jwt-auth: new tokens", jwt_auth(), load(algorithm, NEW), seen=variants.VERIFIED)


def host_calls(variant, algorithm, verifies):
    """Its host calls alone. Those of one token, whichever comes: it's the same work."""
    floor = variants.host_calls(variant, f"-{algorithm}" if verifies else "")
    return dataclasses.replace(floor, load=load(algorithm, 1))


def run(bench):
    filters = {
        "none": [],
        "jwt-auth": jwt_auth(),
        "jwt-auth, no cache": jwt_auth(cache=0),
        "jwt_authn": [native.jwt_authn(*issuer())],
        "jwt_authn, cache": [native.jwt_authn(*issuer(), cache=CACHE)],
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
        sent = load(algorithm, count)
        for name, items in filters.items():
            # Without filters and without a cache the same token again costs what another one does.
            if (name == "none" and first) or (name in FORGETFUL and (count == 1000 or (quick and count == 1))):
                continue
            on, seen = first.get(name, ""), variants.VERIFIED if items else {}
            against = f"{RIVALS[name]}: {mix}" if name in RIVALS else "none: one token"
            measured.append(Variant(f"{name}: {mix}", items, sent, against=against, on=on, seen=seen))
            first.setdefault(name, f"{name}: {mix}")
            if name in RIVALS:
                measured.append(variants.natively(measured[-1]))
            verifies = count == NEW or name in FORGETFUL
            # EdDSA is verified by the module itself.
            if name in RIVALS and not (verifies and algorithm == "EdDSA"):
                measured.append(host_calls(measured[-2], algorithm, verifies))
    return measured
