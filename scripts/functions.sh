#!/usr/bin/env bash
# Builds the Wasm function backends into dist/: functions.wasm, the component that every wasi:http host can serve, and
# functions-wasmedge.wasm, the module for WasmEdge.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# build FOLDER TARGET OUTPUT
build() {
    local package artifact
    package="$(sed -n 's/^name *= *"\(.*\)"/\1/p' "$1/Cargo.toml" | head -n 1)"
    scripts/rust-target.sh "$2"
    cargo build --release --target "$2" -p "$package"
    # A library is named with underscores, a program as it is written.
    for artifact in "$package" "${package//-/_}"; do
        artifact="${CARGO_TARGET_DIR:-target}/$2/release/$artifact.wasm"
        [ ! -f "$artifact" ] || break
    done
    mkdir -p dist
    cp "$artifact" "dist/.$3"
    mv -f "dist/.$3" "dist/$3"
}

build functions/wasi-http wasm32-wasip2 functions.wasm
if [ -f functions/wasmedge/Cargo.toml ]; then build functions/wasmedge wasm32-wasip1 functions-wasmedge.wasm; fi
