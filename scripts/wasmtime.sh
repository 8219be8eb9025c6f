#!/usr/bin/env bash
# Prints the path of a wasmtime that can `serve` a wasi:http component: $WASMTIME, else PATH (>= 33), else built by
# cargo, pinned, under $EDGE_TOOLS.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

OLDEST=33
# 48 is the newest line that the toolchain in rust-toolchain.toml builds.
VERSION=48.0.8
FEATURES=serve,run,cranelift,component-model,component-model-async,pooling-allocator
installed="$EDGE_TOOLS/wasmtime-$VERSION/bin/wasmtime"

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
    version="$(version_of "$1")"
    [ -n "$version" ] && at_least "$OLDEST" "$version" && serves "$1"
}

build() {
    [ -x "$installed" ] && return
    need cargo "Install Rust (https://rustup.rs), or wasmtime itself (brew install wasmtime), or set WASMTIME."
    say "wasmtime $VERSION: building it by cargo into $EDGE_TOOLS; about six minutes on two cores, once."
    say "(quicker: put a wasmtime >= $OLDEST in PATH, or set WASMTIME)"
    # Its own target folder, and not the workspace's .cargo or lock; cargo's progress shows on stderr.
    (cd "$EDGE_TOOLS" && CARGO_TARGET_DIR="$EDGE_TOOLS/wasmtime-build" RUSTFLAGS="" \
        cargo install --locked --force "wasmtime-cli@$VERSION" --no-default-features --features "$FEATURES" \
        --root "$EDGE_TOOLS/wasmtime-$VERSION" >&2) || die "wasmtime-cli $VERSION did not build; see above."
    rm -rf "$EDGE_TOOLS/wasmtime-build"
}

if [ -n "${WASMTIME:-}" ]; then
    usable "$WASMTIME" || die "WASMTIME=$WASMTIME is not a wasmtime >= $OLDEST with \`serve\`."
    printf '%s\n' "$WASMTIME"
elif in_path="$(command -v wasmtime)" && usable "$in_path"; then
    printf '%s\n' "$in_path"
else
    once wasmtime build
    printf '%s\n' "$installed"
fi
