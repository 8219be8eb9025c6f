#!/usr/bin/env bash
# Makes a function's module smaller, in place: optimise.sh MODULE. (Filters go through wasm-opt.sh, which takes callbacks
# away first and keeps budgets.)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/wasm-features.sh
. scripts/wasm-features.sh

wasm_opt="$(scripts/wasm-opt.sh)"
flags="$(features "$wasm_opt")"
# shellcheck disable=SC2086
"$wasm_opt" $flags -Oz $STRIPPED "$1" -o "$1.opt"
mv -f "$1.opt" "$1"
