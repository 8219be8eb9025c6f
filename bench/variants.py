"""The table of variants: which filters stand in the chain, and what their work is.

Every suite takes its variants from here, so that a name means the same everywhere.
"""

import copy
import dataclasses
import os

import geography
import host_calls as recorded
import native
import ours
import tokens
from load import Load
from rounds import Variant

# The address of the load's client, and the country it's in.
CLIENT = "8.8.8.8"
COUNTRY = "US"
KEY = "00000000"
LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "what_lua_can.lua")


def browser(path="/direct", **more):
    """The request of the comparison: what a browser's client sends through a proxy, with a token."""
    headers = (
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("x-forwarded-for", CLIENT),
        ("x-api-key", KEY),
        ("authorization", f"Bearer {tokens.tokens(1)[0]}"),
    )
    varied = more.get("vary")
    return Load(path=path, headers=tuple(pair for pair in headers if pair[0] != varied), **more)


class Filters:
    """Every filter of the comparison, by a short name: `ours jwt`, `native jwt`, and what they do to a request."""

    def __init__(self, keys=None):
        keys = keys or tokens.key_set()
        table, mmdb = geography.world()
        self.databases = (table, mmdb)
        named = (keys, tokens.ISSUER, tokens.AUDIENCE)
        self.items = {
            "jwt-auth": ours.ours("jwt-auth", ours.jwt_auth(*named)),
            "rate-limit": ours.ours("rate-limit", ours.rate_limit()),
            "geo-routing": ours.ours("geo-routing", ours.geo_country("world.table")),
            "geo-routing, MMDB": ours.ours("geo-routing", ours.geo_country("world.mmdb")),
            "geo-routing, routing": ours.ours("geo-routing", ours.geo_routing("world.table")),
            "compression-negotiation": ours.ours("compression-negotiation", ours.compression_negotiation()),
            "cache-headers": ours.ours("cache-headers", ours.cache_headers()),
            "jwt_authn": native.jwt_authn(*named),
            "jwt_authn, cache": native.jwt_authn(*named, cache=1000),
            "local_ratelimit": native.local_ratelimit(),
            "geoip": native.geoip(mmdb),
            "header_mutation": native.header_mutation(),
            "compressor": native.compressor(),
            "lua": native.lua(open(LUA).read()),
        }

    def __getitem__(self, name):
        return self.items[name]


VERIFIED = {"user": "user-0", "token": ""}
LOCATED = {"country": COUNTRY}
CHOSEN = {"coding": "gzip"}
WANTED = {**VERIFIED, **LOCATED}
SEEN = {
    "jwt-auth": VERIFIED,
    "jwt_authn": VERIFIED,
    "jwt_authn, cache": VERIFIED,
    "geo-routing": LOCATED,
    "geo-routing, MMDB": LOCATED,
    "geo-routing, routing": {**LOCATED, "cluster": "edge-us"},
    "geoip": LOCATED,
    "compression-negotiation": CHOSEN,
}
POLICY = {"cache-control": "public, max-age=60", "cdn-cache-control": "max-age=3600"}
SAYS = {
    "rate-limit": {"ratelimit": "*", "ratelimit-policy": "*"},
    "local_ratelimit": {"x-ratelimit-limit": "*", "x-ratelimit-remaining": "*"},
    "cache-headers": POLICY,
    "header_mutation": POLICY,
    "lua": POLICY,
}
# What each of ours is held against: Envoy's filter that comes nearest.
NEAREST = {
    "jwt-auth": "jwt_authn, cache",
    "rate-limit": "local_ratelimit",
    "geo-routing": "geoip",
    "geo-routing, MMDB": "geoip",
    "geo-routing, routing": "geoip",
    "compression-negotiation": "compressor",
    "cache-headers": "header_mutation",
}


# What is left of a variant when its modules' own code costs nothing.
HOST_CALLS = "host calls alone"
# What the name of a variant ends with whose filters are native code.
NATIVELY = "native module"


def with_modules(variant, path_of):
    """The variant with other modules: `path_of` says which, by the name of the filter that it runs."""
    items = copy.deepcopy(variant.filters)
    for item in items:
        code = item["typed_config"].get("config", {}).get("vm_config", {}).get("code")
        if code:
            name, _ = os.path.splitext(os.path.basename(code["local"]["filename"]))
            code["local"]["filename"] = path_of(name)
    return dataclasses.replace(variant, filters=items)


def host_calls(variant, kind=""):
    """The variant with modules that make the host calls of ours and do nothing else (host_calls.py)."""
    floor = with_modules(variant, lambda name: os.path.join(recorded.build(), f"{name}{kind}.wasm"))
    return dataclasses.replace(floor, name=f"{variant.name}, {HOST_CALLS}", on="")


def natively(variant):
    """The variant with our filters in the native module."""
    of = lambda name: f"{name}, {NATIVELY}" if name else ""
    items = [ours.natively(item) for item in variant.filters]
    return dataclasses.replace(variant, name=of(variant.name), filters=items, on=of(variant.on))


def single(filters, name, load):
    against = NEAREST.get(name, "none")
    return Variant(name, [filters[name]], load, against=against, seen=SEEN.get(name, {}), says=SAYS.get(name, {}))


def floor(load, count=5):
    """No filter, and filters that do nothing, alone and so many of them."""
    several = {kind: [ours.empty(kind, number) for number in range(count)] for kind in ("empty", "exporting", "passive")}
    variants = [Variant("none", [], load)]
    for kind, items in several.items():
        variants.append(Variant(kind, items[:1], load, against="empty"))
        variants.append(Variant(f"{count} {kind}", items, load, against=f"{count} empty"))
    return variants


CHAIN = ("jwt-auth", "rate-limit", "geo-routing", "compression-negotiation", "compressor", "cache-headers")
NATIVE_CHAIN = ("jwt_authn, cache", "local_ratelimit", "geoip", "compressor", "header_mutation")
ALL_OF_OURS = {"seen": {**WANTED, **CHOSEN}, "says": {**POLICY, **SAYS["rate-limit"]}}


def suite_document(keys):
    """The document of edge-suite: a section per filter, in the chain's order."""
    return {
        "jwt_auth": ours.jwt_auth(keys, tokens.ISSUER, tokens.AUDIENCE),
        "rate_limit": ours.rate_limit(),
        "geo_routing": ours.geo_country("world.table"),
        "compression_negotiation": ours.compression_negotiation(),
        "cache_headers": ours.cache_headers(),
    }


def chains(filters, load, lua=True, floors=True):
    """All five as five modules and as one, beside Envoy's own doing the same, and the floors of both."""
    five = [filters[name] for name in CHAIN]
    natives = [filters[name] for name in NATIVE_CHAIN]
    empties = [ours.empty("empty", number) for number in range(5)]
    variants = [
        Variant("none", [], load),
        Variant("5 empty", empties, load),
        Variant("all native", natives, load, seen=WANTED, says={**POLICY, **SAYS["local_ratelimit"]}),
        Variant("five modules", five, load, against="all native", **ALL_OF_OURS),
    ]
    variants.append(natively(variants[-1]))
    if floors:
        variants.append(host_calls(variants[-2]))
    if os.path.exists(ours.shipped("edge-suite")):
        suite = ours.ours("edge-suite", suite_document(tokens.key_set()))
        # The compressor behind it is Envoy's, as behind the five modules.
        items = [suite, filters["compressor"]]
        variants.append(Variant("edge-suite", items, load, against="all native", **ALL_OF_OURS))
        variants.append(natively(variants[-1]))
        if floors:
            variants.append(host_calls(variants[-2]))
    if lua:
        variants.append(Variant("Lua, what it can", [filters["lua"]], load, against="all native", says=SAYS["lua"]))
    return variants
