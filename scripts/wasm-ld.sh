#!/usr/bin/env bash
# rustc's linker for Wasm, and wasm-opt after it: what a component holds can't be optimised any more once it is wrapped, and
# wasm-component-ld, which calls this (--wasm-ld-path), does both in one step.
set -euo pipefail

host="$(rustc -vV | sed -n 's/^host: //p')"
"$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld" -flavor wasm "$@"
while [ $# -gt 1 ]; do
    if [ "$1" = -o ]; then output="$2"; fi
    shift
done
"$(dirname "$0")/optimise.sh" "$output"
