#!/usr/bin/env bash
# Builds the Wasm function backends into dist/: functions.wasm, the component that every wasi:http host can serve, and
# functions-wasmedge.wasm, the module for WasmEdge.
#
#   functions.sh [wasi-http] [wasmedge]     both by default
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# build FOLDER TARGET OUTPUT [LINKER-ARGUMENT...]
build() {
    local package artifact folder="$1" target="$2" output="$3"
    shift 3
    package="$(sed -n 's/^name *= *"\(.*\)"/\1/p' "$folder/Cargo.toml" | sed -n 1p)"
    scripts/rust-target.sh "$target"
    cargo rustc --release --target "$target" -p "$package" -- "$@"
    artifact="${CARGO_TARGET_DIR:-target}/$target/release/$package.wasm"
    mkdir -p dist
    cp "$artifact" "dist/.$output"
}

# A component's module is optimised as it is linked, before it is wrapped.
wasi-http() {
    build functions/wasi-http wasm32-wasip2 functions.wasm -C "link-arg=--wasm-ld-path=$ROOT/scripts/wasm-ld.sh"
    mv -f dist/.functions.wasm dist/functions.wasm
}

wasmedge() {
    build functions/wasmedge wasm32-wasip1 functions-wasmedge.wasm
    scripts/optimise.sh "dist/.functions-wasmedge.wasm"
    mv -f dist/.functions-wasmedge.wasm dist/functions-wasmedge.wasm
}

[ $# -gt 0 ] || set -- wasi-http wasmedge
for function in "$@"; do
    case "$function" in
        wasi-http | wasmedge) "$function" ;;
        *) die "functions.sh: wasi-http and wasmedge, not $function" ;;
    esac
done
