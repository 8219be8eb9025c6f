#!/usr/bin/env bash
# Runs tiers of tests and says at the end which ran, which tests were skipped, and why: test.sh native wasm envoy deploy
#
#   EDGE_NO_SKIP=1      a skip is a failure (continuous integration)
#   EDGE_SKIP_DOCKER=1  do without the tests that need a Docker engine
#   ENVOY=1.36.4        one of scripts/envoys.txt instead of the newest; then only the tests that each of them must pass
#   EDGE_SKIP_LOG       where a test that skips itself appends one line, "what: why" (set here)
#   EDGE_SHARED         the public test vectors and schemas, ../shared by default
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

EDGE_SKIP_LOG="$(mktemp)"
EDGE_SHARED="${EDGE_SHARED:-$(cd .. && pwd)/shared}"
export EDGE_SKIP_LOG EDGE_SHARED
trap 'rm -f "$EDGE_SKIP_LOG"' EXIT
ran=()
failed=()

skip() { printf '%s\n' "$*" >> "$EDGE_SKIP_LOG"; }

# cargo_test TIER [ARGUMENT...]: what belongs to the tier, see tests_of.py; all of it runs, even after a failure.
cargo_test() {
    local tier="$1" argument arguments=()
    shift
    while IFS= read -r argument; do arguments+=("$argument"); done < <(python3 scripts/tests_of.py "$tier")
    if [ "${#arguments[@]}" -eq 0 ]; then
        skip "$tier: the whole tier: there are no such tests"
        return
    fi
    cargo test --quiet --no-fail-fast "$@" "${arguments[@]}"
}

# The identity provider and the static site are tested in JavaScript.
node_test() {
    if ! command -v node > /dev/null; then
        skip "native: the identity provider's and the site's tests: node is not installed"
        return
    fi
    local output status=0
    output="$(node --test mesh/idp/*.test.mjs mesh/site/*.test.mjs 2>&1)" || status=1
    # Only its closing lines, when all is well.
    if [ "$status" -eq 0 ]; then printf '%s\n' "$output" | grep -E '^. (tests|pass|fail) '; else printf '%s\n' "$output"; fi
    return "$status"
}

native() {
    local status=0
    cargo_test native || status=1
    # What the second build has besides.
    cargo test --quiet --no-fail-fast -p compression-negotiation --features all-codings || status=1
    cargo test --quiet --no-fail-fast -p functions-native --features redis || status=1
    node_test || status=1
    return "$status"
}

wasm() {
    local status=0
    cargo_test wasm -p integration || status=1
    scripts/test-wasm-opt.sh || status=1
    return "$status"
}

# On one of the older Envoys (ENVOY=1.36.4), what every Envoy in use must pass.
envoy() {
    local newest
    find_tools && newest="$(scripts/envoy.sh --list | tail -n 1)" || return
    if [ "${ENVOY:-$newest}" = "$newest" ]; then
        local status=0
        # Those that can't be had here are told by their tests.
        scripts/functions.sh all
        DIST=dist/misbehaving FEATURES=misbehave scripts/functions.sh all
        cargo_test envoy -p integration || status=1
        EDGE_FILTER_HOST=native cargo_test envoy-native -p integration || status=1
        return "$status"
    else
        cargo_test envoy-version -p integration
    fi
}

deploy() {
    find_tools && cargo_test deploy -p integration
}

# The programs the tests start, by the variables they read.
find_tools() {
    ENVOY_BIN="$(scripts/envoy.sh)" && WASMTIME="$(scripts/wasmtime.sh)" && export ENVOY_BIN WASMTIME
}

[ -d "$EDGE_SHARED" ] || skip "native, deploy: what needs the public vectors and schemas: there is no $EDGE_SHARED"
for tier in "$@"; do
    say "" "== $tier =="
    started=$SECONDS
    # Not `if "$tier"`: that would switch off -e inside.
    set +e
    (set -e; "$tier")
    status=$?
    set -e
    ran+=("$(printf '%-7s %-6s %4d s' "$tier" "$([ "$status" = 0 ] && echo ok || echo FAILED)" $((SECONDS - started)))")
    [ "$status" = 0 ] || failed+=("$tier")
done

say "" "tiers:"
printf '  %s\n' "${ran[@]}" >&2
if [ -s "$EDGE_SKIP_LOG" ]; then
    say "skipped:"
    LC_ALL=C sort -u "$EDGE_SKIP_LOG" | sed 's/^/  /' >&2
    [ -z "${EDGE_NO_SKIP:-}" ] || die "EDGE_NO_SKIP is set, so a skip is a failure"
else
    say "nothing was skipped"
fi
[ "${#failed[@]}" -eq 0 ] || die "failed: ${failed[*]}"
