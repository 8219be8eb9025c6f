#!/usr/bin/env python3
"""Packs a module into a script, so that a page that comes from a folder has it, too: pack.py MODULE SCRIPT."""

import base64
import gzip
import sys


def main(module, script):
    with open(module, "rb") as file:
        packed = gzip.compress(file.read(), mtime=0)
    with open(script, "w", encoding="ascii") as file:
        file.write(f'"use strict";\nconst EDGE_FILTERS_WASM = "{base64.b64encode(packed).decode()}";\n')
    print(f"{script}: {len(packed) // 1024} KiB, packed", file=sys.stderr)


main(*sys.argv[1:])
