#!/usr/bin/env bash
# What the demo runs of ours, for machines without Rust.
#
#   prebuilt.sh pack                      dist/edge-filters-<version>-<platform>.tar.gz: the modules and functions in dist/, the
#                                         command edge-filters, and the demo's programs, linked statically; SHA256SUMS beside them
#   prebuilt.sh unpack SOURCE FOLDER      checks SOURCE, such an archive or what was in one, and makes FOLDER a project that
#                                         the demo runs in: what isn't in SOURCE is this project's
#
# Variables: DIST, PLATFORM (x86_64-linux; aarch64-linux where a linker for it is there), PROFILE=dev: as tests are
# built, for this machine only.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

DIST="${DIST:-dist}"
PLATFORM="${PLATFORM:-x86_64-linux}"
PROGRAMS=(edge-demo edge-filters ratelimit-service)

rust_target() {
    case "$PLATFORM" in
        x86_64-linux) echo x86_64-unknown-linux-musl ;;
        aarch64-linux) echo aarch64-unknown-linux-musl ;;
        x86_64-macos) echo x86_64-apple-darwin ;;
        aarch64-macos) echo aarch64-apple-darwin ;;
        *) die "PLATFORM=$PLATFORM: x86_64-linux, aarch64-linux, x86_64-macos or aarch64-macos" ;;
    esac
}

pack() {
    local name folder target built options=() packages=()
    target="$(rust_target)"
    name="edge-filters-$(workspace_version)-$PLATFORM"
    folder="$DIST/$name"
    if [ "${PROFILE:-release}" = dev ]; then
        target=""
    else
        scripts/rust-target.sh "$target"
        options=(--release --target "$target")
    fi
    for program in "${PROGRAMS[@]}"; do packages+=(-p "$program"); done
    cargo build --locked "${options[@]}" "${packages[@]}"
    # Linked statically as in a release, since the image of the command holds nothing else; what it is made of isn't built again.
    [ -n "$target" ] || cargo rustc --locked --quiet -p edge-filters --bin edge-filters -- -C target-feature=+crt-static
    built="${CARGO_TARGET_DIR:-target}/${target:+$target/release}"
    [ -n "$target" ] || built+=debug
    rm -rf "$folder"
    mkdir -p "$folder"
    for program in "${PROGRAMS[@]}"; do cp "$built/$program" "$folder/"; done
    cp "$DIST"/*.wasm "$folder/"
    cp LICENSE "$folder/"
    write_sums "$folder"
    archive "$folder.tar.gz" "$DIST" "$name"
    rm -rf "$folder"
    echo "$folder.tar.gz"
}

# check FOLDER: every file that SHA256SUMS names is there and has that hash, and no other file is there.
check() {
    local sum name file
    [ -f "$1/SHA256SUMS" ] || die "$1 has no SHA256SUMS."
    while read -r sum name; do
        case "$name" in */* | .*) die "$1/SHA256SUMS names $name: expected files of that folder" ;; esac
        [ -f "$1/$name" ] || die "$1/$name is missing; SHA256SUMS names it."
        [ "$(sha256_of "$1/$name")" = "$sum" ] || die "$1/$name: its SHA-256 is not the one in SHA256SUMS."
    done < "$1/SHA256SUMS"
    for file in "$1"/*; do
        name="${file##*/}"
        [ "$name" = SHA256SUMS ] || grep -q "  $name\$" "$1/SHA256SUMS" || die "$file is not in SHA256SUMS."
    done
}

# unpack SOURCE FOLDER
unpack() {
    local source="$1" folder="$2" part
    rm -rf "$folder"
    mkdir -p "$folder/dist"
    if [ -d "$source" ]; then
        cp "$source"/* "$folder/dist/"
    else
        [ -f "$source" ] || die "PREBUILT=$source: no such archive or folder"
        tar -xzf "$source" -C "$folder/dist" --strip-components=1 || die "PREBUILT=$source is no archive of a release."
    fi
    check "$folder/dist"
    for part in envoy mesh scripts; do ln -s "$ROOT/$part" "$folder/$part"; done
}

case "${1:-}" in
    pack) pack ;;
    unpack) unpack "$2" "$3" ;;
    *) die "prebuilt.sh pack, or prebuilt.sh unpack SOURCE FOLDER" ;;
esac
