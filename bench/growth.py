"""What grows in the growth suite: the filters at one size of something, and the load that shows it."""

import dataclasses
import json

import geography
import native
import ours
import tokens
import variants

HEADERS = (0, 16, 64)
RULES = (1, 100, 1000)
KEYS = (1, 10, 100)
RANGES = (1_000, 10_000, 100_000)
SLOTS = (1 << 10, 1 << 13, 1 << 16, 1 << 20)


def with_headers(count):
    """The request with so many more headers, of 40 bytes each."""
    load = variants.browser("/direct")
    filler = tuple((f"x-filler-{number:02}", f"some value of the usual length {number:04}") for number in range(count))
    return dataclasses.replace(load, headers=load.headers + filler)


def patterns(count):
    """Paths that no request asks for: so many rules are passed over before the last one decides."""
    return [f"/section{number}/*" for number in range(count - 1)]


def ruled(count):
    """Each of ours, and Envoy's `jwt_authn`, with so many rules of which the last decides."""
    keys = (tokens.key_set(), tokens.ISSUER, tokens.AUDIENCE)
    paths = patterns(count)
    jwt, rate, geo = ours.jwt_auth(*keys), ours.rate_limit(), ours.geo_country("world.table")
    coding, cache = ours.compression_negotiation(), ours.cache_headers()
    jwt["rules"] = [{"match": {"path": path}, "allow": "anyone"} for path in paths] + [{"require": "bench"}]
    rate["rules"] = [{"match": {"path": path}, "limit": []} for path in paths] + [{"limit": "per_key"}]
    geo["rules"] = [{"match": {"path": path}, "pass": True} for path in paths] + [{"pass": True}]
    coding["rules"] = [{"match": {"path": path}, "prefer": ["gzip", "identity"]} for path in paths]
    cache["rules"] = [{"match": {"path": path}, "preset": "html"} for path in paths] + cache["rules"][-1:]
    documents = dict(zip(ours.FIVE, (jwt, rate, geo, coding, cache)))
    filters = {name: ours.ours(name, document) for name, document in documents.items()}
    passing = [{"match": {"prefix": path.rstrip("*")}} for path in paths]
    filters["jwt_authn, cache"] = native.jwt_authn(*keys, cache=1000, rules=passing)
    return filters


def keyed(count):
    """jwt-auth and `jwt_authn` with so many keys in the set, the one that counts last."""
    keys = json.loads(tokens.key_set())["keys"]
    mine = next(key for key in keys if key["alg"] == "RS256")
    others = [{**mine, "kid": f"other-{number}"} for number in range(count - 1)]
    text = json.dumps({"keys": [*others, mine]})
    named = (text, tokens.ISSUER, tokens.AUDIENCE)
    return {"jwt-auth": ours.ours("jwt-auth", ours.jwt_auth(*named, cache=100)), "jwt_authn": native.jwt_authn(*named)}


def located(count):
    """geo-routing with a table of so many ranges; the file's path too."""
    path = geography.part(count)
    return path, ours.ours("geo-routing", ours.geo_country(path.rpartition("/")[2]))
