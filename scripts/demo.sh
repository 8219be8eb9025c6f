#!/usr/bin/env bash
# The demo mesh without Docker: demo.sh run|up|down (see mesh/tour/). All that it starts is built or fetched before it starts.
#
#   RUNTIME="native workers"   builds the functions for these runtimes too; what is in dist/ is started
#   PREBUILT=FOLDER|ARCHIVE    modules and programs of a release (scripts/prebuilt.sh); nothing is built, and Rust isn't needed
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

target="${CARGO_TARGET_DIR:-target}"
started=$SECONDS

# step WHAT COMMAND...: says what it is about, and what it took.
step() {
    local what="$1" began=$SECONDS
    shift
    say "- $what"
    "$@" >&2 || exit
    say "  done in $((SECONDS - began)) s"
}

# The modules that the chain names.
modules() {
    sed -n 's|.*filename: dist/\([a-z-]*\)\.wasm.*|\1|p' envoy/chain.yaml
}

build() {
    local functions=(wasmtime-ahead) names=()
    # shellcheck disable=SC2206
    [ -z "${RUNTIME:-}" ] || functions+=($RUNTIME)
    if [ -n "${WASMEDGE:-}" ] || command -v wasmedge > /dev/null; then functions+=(wasmedge); fi
    while IFS= read -r name; do names+=("$name"); done < <(modules)
    # Whoever tries the demo needn't have the wasm-opt whose modules are the smallest.
    step "the five filters" env BUDGETS=told scripts/wasm.sh "${names[@]}"
    step "the functions" scripts/functions.sh "${functions[@]}"
    step "the rate limit service and the tour" cargo build --locked -p edge-demo -p ratelimit-service
    RATELIMIT_SERVICE="$ROOT/$target/debug/ratelimit-service"
    program="$target/debug/edge-demo"
    case "$target" in /*) RATELIMIT_SERVICE="$target/debug/ratelimit-service" ;; esac
}

# A project of its own beside this one: what isn't in the release comes from here.
unpack() {
    local folder="$EDGE_TOOLS/prebuilt"
    scripts/prebuilt.sh unpack "$PREBUILT" "$folder" || exit
    cd "$folder"
    RATELIMIT_SERVICE="$folder/dist/ratelimit-service"
    program=dist/edge-demo
}

if [ "${1:-}" = down ]; then
    cd "$([ -n "${PREBUILT:-}" ] && echo "$EDGE_TOOLS/prebuilt" || echo .)"
    program="$(for program in dist/edge-demo "$target/debug/edge-demo"; do [ ! -x "$program" ] || echo "$program"; done | sed -n 1p)"
    [ -n "$program" ] || { say "Nothing was running." && exit; }
    exec "$program" down
fi
if [ -n "${PREBUILT:-}" ]; then unpack; else build; fi
export RATELIMIT_SERVICE EDGE_TOOLS
step "Envoy and wasmtime" env -u ENVOY scripts/fetch-tools.sh envoy wasmtime
say "ready after $((SECONDS - started)) s"
exec "$program" "$@"
