#!/usr/bin/env python3
"""What one request costs inside each module, without Envoy: in Node's V8, optimised, with a host that does next to nothing.

Steadier than any figure of Envoy's on a busy machine, so it's what to compare two builds by.

    guest.py [FOLDER...]      the modules in dist/, or in each of these folders, side by side
"""

import json
import os
import subprocess
import sys
import time

import ours
import tokens
import variants
from machine import ROOT, program

ENVOYS = [[":authority", "127.0.0.1"], [":path", "/direct"], [":method", "GET"], [":scheme", "http"]]
RESPONSE = [
    [":status", "200"], ["content-length", "414"], ["content-type", "application/json"],
    ["date", "Sat, 21 Nov 2026 03:00:00 GMT"], ["server", "envoy"],
]
# No database comes here: the country is told by a header.
GEO = {"client": {"header": "x-country", "trust": "anyone"}, "headers": {"x-geo-country": "country"}, "cache_guard": "off"}


def documents():
    found = {
        "jwt-auth": ours.jwt_auth(tokens.key_set(), tokens.ISSUER, tokens.AUDIENCE),
        "rate-limit": ours.rate_limit(),
        "geo-routing": GEO,
        "compression-negotiation": ours.compression_negotiation(),
        "cache-headers": ours.cache_headers(),
    }
    return {**found, "edge-suite": {name.replace("-", "_"): document for name, document in found.items()}}


def measured(module, document):
    """Nanoseconds and host calls of one request."""
    headers = [*ENVOYS, *map(list, variants.browser().headers), ["x-forwarded-proto", "http"], ["x-country", "US"]]
    specification = {
        "configuration": document, "request": headers, "response": RESPONSE,
        "properties": {"source.address": "8.8.8.8:0"}, "now": int(time.time()),
    }
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest.mjs")
    command = [program("node"), "--no-liftoff", script, module]
    out = subprocess.run(command, input=json.dumps(specification), check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


def main():
    folders = sys.argv[1:] or [os.path.join(ROOT, "dist")]
    for name, document in documents().items():
        modules = [path for path in (os.path.join(folder, f"{name}.wasm") for folder in folders) if os.path.exists(path)]
        found = [measured(module, document) for module in modules]
        times = " ".join(f"{each['nanoseconds']:7,} ns" for each in found)
        print(f"{name:24} {times}  {sum(found[-1]['calls'].values())} host calls" if found else f"{name:24} not built")


if __name__ == "__main__":
    main()
