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

import geography
import tokens
import variants
from host_calls import SHAPES
from machine import ROOT, program

ENVOYS = [[":authority", "127.0.0.1"], [":path", "/direct"], [":method", "GET"], [":scheme", "http"]]
RESPONSE = [
    [":status", "200"], ["content-length", "414"], ["content-type", "application/json"],
    ["date", "Sat, 21 Nov 2026 03:00:00 GMT"], ["server", "envoy"],
]


def documents():
    suite = variants.suite_document(tokens.key_set())
    return {**{section.replace("_", "-"): document for section, document in suite.items()}, "edge-suite": suite}


def measured(module, document, algorithm="RS256"):
    """Of one request with a token of that algorithm: nanoseconds, its host calls by name, and with their arguments by
    callback."""
    token = f"Bearer {tokens.tokens(1, algorithm)[0]}"
    headers = [*ENVOYS, *map(list, variants.browser(vary="authorization").headers), ["authorization", token], ["x-forwarded-proto", "http"]]
    table, _ = geography.world()
    specification = {
        "configuration": document, "request": headers, "response": RESPONSE, "now": int(time.time()), "shapes": SHAPES,
        "properties": {"source.address": "8.8.8.8:0"}, "files": {"/world.table": table},
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
