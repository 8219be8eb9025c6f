#!/usr/bin/env bash
# Builds every filter for Envoy and puts the optimised modules into dist/ (see wasm-opt.sh).
#
#   wasm.sh               the five, edge-suite, and what the tests need besides
#   wasm.sh FILTER...     only these
#   wasm.sh --featured    the second builds: each with a feature that its first build lacks
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

release="${CARGO_TARGET_DIR:-target}/wasm32-wasip1/release"

# first [FILTER...]: the first builds.
first() {
    local packages=() name package
    while IFS=$'\t' read -r name package _rest; do
        if [ $# -eq 0 ] || printf '%s\n' "$@" | grep -qxF "$name"; then packages+=(-p "$package"); fi
    done < <(python3 scripts/filters.py)
    [ "${#packages[@]}" -gt 0 ] || die "no such package under filters/"
    # The module that the tests ask to do what they want to see: built like the others, shipped nowhere.
    [ $# -gt 0 ] || [ ! -f integration/probe/Cargo.toml ] || packages+=(-p probe-filter)
    scripts/cargo-wasm.sh build --release "${packages[@]}"
    ./wasm-opt.sh "$@"
}

# One call of cargo for each: in one call a feature would reach all that is built. Both builds of a filter come out under one
# name; the first one, if it's there, gets it back.
featured() {
    local name package module _rest built
    while IFS=$'\t' read -r name package module _rest; do
        if [ "$name" = geo-routing-embedded ]; then world || continue; fi
        built="$release/${package//-/_}.wasm"
        [ ! -f "$built" ] || cp -f "$built" "$built.first"
        scripts/cargo-wasm.sh build --release -p "$package" --features "${name#"${package%-filter}-"}" < /dev/null
        mv -f "$built" "$release/$module.wasm"
        [ ! -f "$built.first" ] || mv -f "$built.first" "$built"
    done < <(python3 scripts/filters.py --featured)
    ./wasm-opt.sh --featured
}

# The country table to embed: $GEO_TABLE, or the whole world's, made from public data. Without that data there is no such module.
world() {
    export GEO_TABLE="${GEO_TABLE:-dist/world.table}"
    # One of another version of the format would be refused.
    [ "$GEO_TABLE" -nt crates/geo-database/src/part.rs ] || [ "$GEO_TABLE" != dist/world.table ] || crates/geo-table/world.sh "$GEO_TABLE" >&2 < /dev/null ||
        { say "wasm.sh: geo-routing-embedded is left out: there is no table to embed" && return 1; }
}

case "${1:-}" in
    --featured) featured ;;
    *) first "$@" ;;
esac
