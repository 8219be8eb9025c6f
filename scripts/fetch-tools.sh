#!/usr/bin/env bash
# Finds or fetches the programs that the demo and the tests start, and says which they are: fetch-tools.sh [envoy] [wasm-opt]
# [wasmtime], all three by default
set -euo pipefail
cd "$(dirname "$0")"

[ $# -gt 0 ] || set -- envoy wasm-opt wasmtime
for tool in "$@"; do
    path="$("./$tool.sh")"
    printf '%-9s %s\n' "$tool" "$path"
done
