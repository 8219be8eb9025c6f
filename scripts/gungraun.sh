#!/usr/bin/env bash
# Prints the path of gungraun-runner, which counts instructions for bench/instructions: $GUNGRAUN_RUNNER, else PATH, else
# built by cargo under $EDGE_TOOLS. It must be of the version that Cargo.lock names for the library.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

VERSION="$(sed -n '/^name = "gungraun"$/{n;s/^version = "\(.*\)"$/\1/p}' "$ROOT/Cargo.lock")"
installed="$EDGE_TOOLS/gungraun-$VERSION/bin/gungraun-runner"

usable() { [ "$("$1" --version 2>/dev/null)" = "gungraun-runner $VERSION" ]; }

build() {
    [ -x "$installed" ] && return
    need cargo "Install Rust (https://rustup.rs), or set GUNGRAUN_RUNNER."
    say "gungraun-runner $VERSION: building it by cargo into $EDGE_TOOLS; about three minutes on two cores, once."
    (cd "$EDGE_TOOLS" && CARGO_TARGET_DIR="$EDGE_TOOLS/gungraun-build" RUSTFLAGS="" \
        cargo install --quiet --locked --force "gungraun-runner@$VERSION" --root "$EDGE_TOOLS/gungraun-$VERSION" >&2) ||
        die "gungraun-runner $VERSION did not build; see above."
    rm -rf "$EDGE_TOOLS/gungraun-build"
}

if [ -n "${GUNGRAUN_RUNNER:-}" ]; then
    usable "$GUNGRAUN_RUNNER" || die "GUNGRAUN_RUNNER=$GUNGRAUN_RUNNER is not gungraun-runner $VERSION."
    printf '%s\n' "$GUNGRAUN_RUNNER"
elif in_path="$(command -v gungraun-runner)" && usable "$in_path"; then
    printf '%s\n' "$in_path"
else
    once gungraun build
    printf '%s\n' "$installed"
fi
