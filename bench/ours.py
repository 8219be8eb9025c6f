"""Our filters, as HTTP filter items: the documents of the comparison, and the modules that read them."""

import json
import os

from bootstrap import FILTERS
from machine import MADE, ROOT

FIVE = ("jwt-auth", "rate-limit", "geo-routing", "compression-negotiation", "cache-headers")


def wasm(name, module, document=None, vm_id=None):
    """A module in a VM of its own; `document` is written as users write it, as a Struct."""
    config = {
        "name": name,
        "root_id": name,
        "failure_policy": "FAIL_CLOSED",
        "vm_config": {
            "vm_id": vm_id or name,
            "runtime": "envoy.wasm.runtime.v8",
            "code": {"local": {"filename": module}},
        },
    }
    if document is not None:
        config["configuration"] = {"@type": "type.googleapis.com/google.protobuf.Struct", "value": document}
    return {"name": f"bench.{name}", "typed_config": {"@type": f"{FILTERS}.http.wasm.v3.Wasm", "config": config}}


def shipped(name):
    return os.path.join(ROOT, "dist", f"{name}.wasm")


def natively(item):
    """The same filter with the same document, as the native module runs it; any other item as it is."""
    plugin = item["typed_config"].get("config")
    if not plugin or os.path.dirname(plugin["vm_config"]["code"]["local"]["filename"]) != os.path.join(ROOT, "dist"):
        return item
    module = {"module": {"local": {"filename": os.path.join(ROOT, "dist", "libedge_filters.so")}}, "do_not_close": True}
    config = {
        "@type": f"{FILTERS}.http.dynamic_modules.v3.DynamicModuleFilter",
        "dynamic_module_config": module,
        "filter_name": plugin["root_id"],
        "filter_config": plugin["configuration"],
    }
    return {"name": item["name"], "typed_config": config}


def ours(name, document):
    return wasm(name, shipped(name), document)


def empty(kind="empty", number=1):
    """A filter that does nothing; see modules.py for the kinds."""
    return wasm(f"{kind}-{number}", os.path.join(MADE, f"{kind}.wasm"))


# As Envoy's own filters, which publish nothing unless they're told to.
UNPUBLISHED = {"publish": "filters"}


def jwt_auth(keys, issuer, audience, cache=1000):
    provider = {
        "issuer": issuer,
        "audiences": audience,
        "jwks": {"keys": json.loads(keys)["keys"]},
        "headers": {"x-user": "sub"},
    }
    return {"providers": {"bench": provider}, "cache_entries": cache, **UNPUBLISHED}


def rate_limit(slots=65536, headers="always"):
    policy = {"key": {"header": "x-api-key"}, "requests": 4000000000, "per": "1m", "slots": slots}
    return {"policies": {"per_key": policy}, "headers": {"ratelimit": headers}}


def geo_country(database):
    """What Envoy's geoip does: the country, in a request header."""
    return {"client": {"database": source(database)}, "headers": {"x-geo-country": "country"}, "cache_guard": "off", **UNPUBLISHED}


def geo_routing(database):
    """What it is for: the country and the region that serves it, and the route chosen by that."""
    return {
        **geo_country(database),
        "regions": {"eu": {"cluster": "edge-eu", "at": [50, 9]}, "us": {"cluster": "edge-us", "at": [39, -77]}},
        "fallback": "eu",
        "rules": [{"when": {"country": "KP"}, "block": 451}, {"when": {"eu": True}, "route": "eu"}, {"route": "nearest"}],
    }


def source(path):
    """A database that the upstream serves (upstream.py), fetched once."""
    return {"cluster": "files", "path": f"/{path}", "refresh": "1h"}


def compression_negotiation(**more):
    return {"prefer": "gzip", "min_length": "1KiB", **more}


def cache_headers():
    assets = {"match": {"path": "/assets/*", "status": 200}, "preset": "immutable_assets"}
    pages = {"match": {"status": 200}, "browser": {"public": True, "max_age": "1m"}, "cdn": {"max_age": "1h"}}
    # The tokens of the load would keep responses out of shared caches, and the comparison would be with less work.
    return {"rules": [assets, {**pages, "force": "authorization"}]}
