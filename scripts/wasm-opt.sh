#!/usr/bin/env bash
# Prints the path of binaryen's wasm-opt: $WASM_OPT, else PATH (Debian's 108 and everything newer will do), else the
# npm package `binaryen`, pinned, under $EDGE_TOOLS. With --pinned: that one in any case (its modules are the smallest).
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

VERSION=132
installed="$EDGE_TOOLS/binaryen-$VERSION/node_modules/.bin/wasm-opt"

fetch() {
    [ -x "$installed" ] && return
    need npm "Install binaryen (apt install binaryen, brew install binaryen), or Node.js with npm, or set WASM_OPT."
    say "wasm-opt: fetching the npm package binaryen $VERSION into $EDGE_TOOLS"
    npm install --prefix "$EDGE_TOOLS/binaryen-$VERSION" --no-audit --no-fund --no-package-lock --loglevel=error \
        "binaryen@$VERSION" >&2 || die "npm could not install binaryen@$VERSION."
}

if [ "${1:-}" = --pinned ]; then
    once binaryen fetch
    printf '%s\n' "$installed"
elif [ -n "${WASM_OPT:-}" ]; then
    "$WASM_OPT" --version >/dev/null 2>&1 || die "WASM_OPT=$WASM_OPT does not run."
    printf '%s\n' "$WASM_OPT"
elif in_path="$(command -v wasm-opt)"; then
    printf '%s\n' "$in_path"
else
    once binaryen fetch
    printf '%s\n' "$installed"
fi
