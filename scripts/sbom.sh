#!/usr/bin/env bash
# Writes what each module in dist/ is made of, as CycloneDX, beside it: dist/<module>.cdx.json (see sbom.py).
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
    python3 scripts/sbom.py "$DIST/$1.wasm" "$2" "$3" "$data" > "$DIST/$1.cdx.json.new"
    mv -f "$DIST/$1.cdx.json.new" "$DIST/$1.cdx.json"
    echo "$DIST/$1.cdx.json"
}

while IFS=$'\t' read -r name package _rest; do
    [ -f "$DIST/$name.wasm" ] || die "$DIST/$name.wasm is missing: make wasm"
    of "$name" "$package" "" < /dev/null
done < <(python3 scripts/filters.py)
while IFS=$'\t' read -r name package _rest; do
    [ ! -f "$DIST/$name.wasm" ] || of "$name" "$package" "${name#"${package%-filter}-"}" < /dev/null
done < <(python3 scripts/filters.py --featured)
