#!/usr/bin/env bash
# Builds the compact table of the whole world from public data: tor's geoip and geoip6, which are the IPFire Location
# Database (CC BY-SA 4.0; the notice goes into the table).
#
#   crates/geo-table/world.sh [OUTPUT]         dist/world.table by default; and OUTPUT.sha256 beside it
#   crates/geo-table/world.sh --sources        prints the folder with the two files, and builds nothing
#
# The files are looked for in $GEO_SOURCES, where tor's packages put them (Debian: tor-geoipdb, Homebrew: tor), and else
# fetched with apt-get, which needs no root for it, into $EDGE_TOOLS (default: .tools).
set -euo pipefail
cd "$(dirname "$0")/../.."
PLACES=("${GEO_SOURCES:-}" /usr/share/tor /opt/homebrew/share/tor /usr/local/share/tor)
FETCHED="${EDGE_TOOLS:-.tools}/geoip"

has_both() { [ -n "$1" ] && [ -f "$1/geoip" ] && [ -f "$1/geoip6" ]; }

fetch() {
    if ! command -v apt-get > /dev/null || ! command -v dpkg-deb > /dev/null; then
        echo "world.sh: no geoip files: install tor-geoipdb (Debian, Ubuntu) or tor (Homebrew), or set GEO_SOURCES" >&2
        return 1
    fi
    echo "world.sh: fetching Debian's tor-geoipdb" >&2
    mkdir -p "$FETCHED"
    local work
    work="$(mktemp -d "$FETCHED/fetch.XXXXXX")"
    (cd "$work" && apt-get download -q tor-geoipdb > apt.log 2>&1) || { cat "$work/apt.log" >&2; rm -rf "$work"; return 1; }
    dpkg-deb -x "$work"/*.deb "$work/unpacked"
    mv -f "$work"/unpacked/usr/share/tor/geoip "$work"/unpacked/usr/share/tor/geoip6 "$FETCHED"
    rm -rf "$work"
}

sources() {
    for place in "${PLACES[@]}" "$FETCHED"; do
        if has_both "$place"; then (cd "$place" && pwd) && return; fi
    done
    fetch && (cd "$FETCHED" && pwd)
}

folder="$(sources)"
if [ "${1:-}" = --sources ]; then echo "$folder" && exit; fi
output="${1:-dist/world.table}"
mkdir -p "$(dirname "$output")"
cargo run -q --release -p geo-table -- build --output "$output" "$folder/geoip" "$folder/geoip6"
echo "embed it with: make wasm-featured GEO_TABLE=$output; or serve it to a running filter (crates/geo-routing/README.md)"
