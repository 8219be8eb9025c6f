#!/usr/bin/env bash
# Finds or fetches the three programs that the demo and the tests start, and says which they are.
set -euo pipefail
cd "$(dirname "$0")"

for tool in envoy wasm-opt wasmtime; do
    path="$("./$tool.sh")"
    printf '%-9s %s\n' "$tool" "$path"
done
