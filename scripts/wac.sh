#!/usr/bin/env bash
# Prints the path of wac, which joins components: $WAC, else PATH, else built by cargo under $EDGE_TOOLS.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

VERSION=0.12.0
installed="$EDGE_TOOLS/wac-$VERSION/bin/wac"

build() {
    [ ! -x "$installed" ] || return 0
    need cargo "Install Rust (https://rustup.rs), or wac, or set WAC."
    say "wac $VERSION: building it by cargo into $EDGE_TOOLS; about a minute on two cores, once."
    # Without what asks registries.
    (cd "$EDGE_TOOLS" && CARGO_TARGET_DIR="$EDGE_TOOLS/wac-build" RUSTFLAGS="" \
        cargo install --quiet --locked --force "wac-cli@$VERSION" --no-default-features --features wat --root "$EDGE_TOOLS/wac-$VERSION" >&2) ||
        die "wac $VERSION did not build; see above."
    rm -rf "$EDGE_TOOLS/wac-build"
}

if [ -n "${WAC:-}" ]; then
    [ -x "$WAC" ] || die "WAC=$WAC is not a program."
    printf '%s\n' "$WAC"
elif type -P wac; then
    exit
else
    once wac build
    printf '%s\n' "$installed"
fi
