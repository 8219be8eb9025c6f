#!/usr/bin/env bash
# Turns the release modules into what is shipped: target/wasm32-wasip1/release/<filter>_filter.wasm -> dist/<filter>.wasm,
# without the callbacks the filter does not use, optimised, stripped, held against its size budget. Builds nothing: `make
# wasm` does that first. The same input and the same wasm-opt give the same bytes.
#
#   wasm-opt.sh [--featured] [FILTER...]    all filters by default; --featured: the second builds, with a feature
#
# Variables: WASM_OPT (the program), WASM_OPT_PASSES (default: smallest), WASM_TARGET_DIR (where the release modules are),
# DIST (where they go), BUDGETS=told (one over its budget is told, and no failure).
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=scripts/wasm-features.sh
. scripts/wasm-features.sh
# shellcheck source=scripts/wasm-std.sh
. scripts/wasm-std.sh

WASM_TARGET_DIR="${WASM_TARGET_DIR:-${CARGO_TARGET_DIR:-target}/wasm32-wasip1/release}"
DIST="${DIST:-dist}"
# The five modules together, in bytes. What they have come to, not where they are going: that is 890 KiB optimised and
# 320 KiB through gzip -9. A change that passes this makes them larger again.
TOTAL_BUDGET=$((1705 * 1024))
TOTAL_GZIP_BUDGET=$((760 * 1024))
PASSES="${WASM_OPT_PASSES:--Oz} $STRIPPED"

sha256() {
    if command -v sha256sum > /dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# optimise FILTER MODULE CALLBACKS: skipped when neither the input, the callbacks nor the tool has changed.
optimise() {
    local filter="$1" module="$WASM_TARGET_DIR/$2.wasm" callbacks="$3" target="$DIST/$1.wasm" made stamp
    [ -f "$module" ] || { echo "wasm-opt.sh: no $module; run \`make wasm\`" >&2 && return 1; }
    stamp="$TOOL $PASSES $FLAGS $callbacks $(cksum < scripts/keep_exports.py) $(sha256 < "$module")"
    made="$DIST/.made/$filter"
    if [ -f "$target" ] && [ "$(cat "$made" 2>/dev/null)" = "$stamp $(sha256 < "$target")" ]; then return; fi
    echo "wasm-opt.sh: $filter" >&2
    python3 scripts/keep_exports.py "$module" "$DIST/.made/$filter.kept.wasm" "$callbacks"
    # shellcheck disable=SC2086
    "$WASM_OPT" $FLAGS $PASSES "$DIST/.made/$filter.kept.wasm" -o "$DIST/.made/$filter.opt.wasm"
    mv -f "$DIST/.made/$filter.opt.wasm" "$target"
    rm -f "$DIST/.made/$filter.kept.wasm"
    echo "$stamp $(sha256 < "$target")" > "$made"
}

WASM_OPT="$(scripts/wasm-opt.sh)"
TOOL="$("$WASM_OPT" --version)"
FLAGS="$(features "$WASM_OPT")"
BUILDS=()
if [ "${1:-}" = --featured ]; then
    BUILDS=(--featured)
    shift
fi
FILTERS="$(python3 scripts/filters.py ${BUILDS[@]+"${BUILDS[@]}"})"
[ -n "$FILTERS" ] || { echo "wasm-opt.sh: no package under filters/" >&2 && exit 1; }
mkdir -p "$DIST/.made"

chosen=""
while IFS=$'\t' read -r name _package module callbacks budget gzip_budget counted; do
    if [ $# -gt 0 ] && ! printf '%s\n' "$@" | grep -qxF "$name"; then continue; fi
    # Without public data to embed there is none.
    if [ "$name" = geo-routing-embedded ] && [ ! -f "$WASM_TARGET_DIR/$module.wasm" ]; then continue; fi
    optimise "$name" "$module" "$callbacks" < /dev/null
    chosen+="$name"$'\t'"$WASM_TARGET_DIR/$module.wasm"$'\t'"$DIST/$name.wasm"$'\t'"$budget"$'\t'"$gzip_budget"$'\t'"$counted"$'\n'
done <<< "$FILTERS"
[ -n "$chosen" ] || { echo "wasm-opt.sh: no such filter: $*" >&2 && exit 1; }

while IFS=$'\t' read -r name _rest; do
    if [ -f "$DIST/$name.wasm" ]; then (cd "$DIST" && sha256 "$name.wasm"); fi
done < <(python3 scripts/filters.py && python3 scripts/filters.py --featured) > "$DIST/SHA256SUMS"
echo "$TOOL"
if ! printf '%s' "$chosen" | python3 scripts/sizes.py "$TOTAL_BUDGET" "$TOTAL_GZIP_BUDGET"; then
    if [ "${BUDGETS:-}" = told ]; then exit; fi
    if builds_std; then exit 1; fi
    echo "wasm-opt.sh: budgets are for modules whose standard library is built along (rustup component add rust-src)" >&2
fi
