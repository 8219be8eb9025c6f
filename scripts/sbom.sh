#!/usr/bin/env bash
# Writes what each module in dist/ is made of, as CycloneDX, beside it: dist/<module>.cdx.json (see sbom.py); the native ones too.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

need python3 "Install Python 3."
DIST="${DIST:-dist}"

# of NAME PACKAGE FEATURE
of() {
    local data=""
    [ "$3" != embedded ] || data="${GEO_TABLE:-$DIST/world.table}"
    printf '%s\t%s\t%s\t%s\t%s\n' "$DIST/$1.wasm" "$2" "$3" "$data" wasm32-wasip1
}

modules() {
    local name package
    while IFS=$'\t' read -r name package _rest; do
        [ -f "$DIST/$name.wasm" ] || die "$DIST/$name.wasm is missing: make wasm"
        of "$name" "$package" ""
    done < <(python3 scripts/filters.py)
    while IFS=$'\t' read -r name package _rest; do
        [ ! -f "$DIST/$name.wasm" ] || of "$name" "$package" "${name#"${package%-filter}-"}"
    done < <(python3 scripts/filters.py --featured)
    local module target host
    host="$(rustc -vV | sed -n 's/^host: //p')"
    for module in "$DIST"/libedge_filters.so "$DIST"/*/libedge_filters.so; do
        [ -f "$module" ] || continue
        target="${module#"$DIST"/}"
        target="${target%libedge_filters.so}"
        printf '%s\t%s\t\t\t%s\n' "$module" edge-filters-module "${target:-$host}" | sed 's|/$||'
    done
}

modules | python3 scripts/sbom.py
