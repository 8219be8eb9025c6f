#!/usr/bin/env bash
# Puts what a release holds into a folder: release.sh FOLDER
#
# The modules and the native one, their bills of materials, the images' digests, the archives of programs (prebuilt.sh) and the chart (chart.sh), out of
# dist/; deploy/ with the digests in it (deploy/pin.sh), the schemas, a Homebrew formula, and SHA256SUMS over everything.
#
# Variables: DIST; TAG (the workspace's version); SOURCE_URL, the repository (Cargo.toml's).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ $# -eq 1 ] || die "release.sh FOLDER"
folder="$1"
DIST="${DIST:-dist}"
TAG="${TAG:-$(workspace_version)}"

# The Homebrew formula, where the archives of all platforms are there.
formula() {
    local platform sum repository sums=()
    for platform in x86_64-linux aarch64-linux x86_64-macos aarch64-macos; do
        [ -f "$folder/edge-filters-$TAG-$platform.tar.gz" ] || return 0
        sum="$(sha256_of "$folder/edge-filters-$TAG-$platform.tar.gz")"
        sums+=(-e "s|@$platform@|$sum|")
    done
    repository="${SOURCE_URL:-$(sed -n 's/^repository = "\(.*\)"$/\1/p' Cargo.toml)}"
    sed -e "s|@REPOSITORY@|$repository|g" -e "s|@VERSION@|$TAG|g" "${sums[@]}" deploy/homebrew/edge-filters.rb > "$folder/edge-filters.rb"
}

rm -rf "$folder"
mkdir -p "$folder"
for kind in '*.wasm' '*.cdx.json' images.json 'edge-filters-*.tar.gz' 'edge-filters-*.tgz'; do
    for file in "$DIST"/$kind; do
        # The functions are the demo's.
        case "${file##*/}" in functions*.wasm) continue ;; esac
        [ ! -f "$file" ] || cp "$file" "$folder/"
    done
done
# Envoy looks for libedge_filters.so, or for the file that `module.local.filename` names.
native() {
    local kind
    for kind in so cdx.json; do
        [ ! -f "$2/libedge_filters.$kind" ] || cp "$2/libedge_filters.$kind" "$folder/libedge_filters-$1.$kind"
    done
}
rm -f "$folder/libedge_filters.cdx.json"
native x86_64 "$DIST"
native aarch64 "$DIST/aarch64-unknown-linux-gnu"
[ ! -d "$DIST/deploy" ] || archive "$folder/deploy-$TAG.tar.gz" "$DIST" deploy
archive "$folder/schemas-$TAG.tar.gz" . schemas
formula
write_sums "$folder"
echo "$folder"
