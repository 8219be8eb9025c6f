#!/usr/bin/env bash
# Runs tiers of tests and says at the end which ran, which tests were skipped, and why: test.sh native wasm envoy deploy
#
#   EDGE_NO_SKIP=1      a skip is a failure (continuous integration)
#   EDGE_SKIP_DOCKER=1  do without the tests that need a Docker engine
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

# One tier: its commands all run, even after one has failed.
native() {
    local status=0
    cargo test --quiet --no-fail-fast || status=1
    backends || status=1
    return "$status"
}

# The backends and the demo, which are not default members, and the identity provider, which is JavaScript.
backends() {
    local status=0 package packages=()
    for package in functions/handler demo; do
        [ ! -f "$package/Cargo.toml" ] || packages+=(-p "$(sed -n 's/^name *= *"\(.*\)"/\1/p' "$package/Cargo.toml" | head -n 1)")
    done
    [ "${#packages[@]}" -eq 0 ] || cargo test --quiet --no-fail-fast "${packages[@]}" || status=1
    if ! compgen -G 'idp/*.test.mjs' > /dev/null; then return "$status"; fi
    if command -v node > /dev/null; then
        node --test idp/ || status=1
    else
        skip "native: the identity provider's tests: node is not installed"
    fi
    return "$status"
}

# wasm, envoy and deploy: the test programs of the integration package that belong there.
integration() {
    local test tests=()
    while IFS= read -r test; do [ -z "$test" ] || tests+=(--test "$test"); done < <(python3 scripts/integration-tests.py "$1")
    if [ "${#tests[@]}" -eq 0 ]; then
        skip "$1: the whole tier: integration/ has no such tests"
        return
    fi
    cargo test --quiet --no-fail-fast -p integration "${tests[@]}"
}

wasm() { integration wasm && scripts/test-wasm-opt.sh; }
envoy() { find_tools && docker_engine envoy && integration envoy; }
deploy() { find_tools && docker_engine deploy && integration deploy; }

# The programs the tests start, by the variables they read.
find_tools() {
    ENVOY_BIN="$(scripts/envoy.sh)" && WASMTIME="$(scripts/wasmtime.sh)" && export ENVOY_BIN WASMTIME
}

# Whether the tests may use containers; with the stand-in images where docker/standins.sh has built them.
docker_engine() {
    if [ -z "${EDGE_SKIP_DOCKER:-}" ] && docker info > /dev/null 2>&1; then
        if [ -f docker/standins.env ]; then
            set -a
            # shellcheck source=/dev/null
            . docker/standins.env
            set +a
        fi
        return
    fi
    local why="no Docker engine answers"
    [ -z "${EDGE_SKIP_DOCKER:-}" ] || why="EDGE_SKIP_DOCKER is set"
    skip "$1: the tests in containers: $why"
    export EDGE_SKIP_DOCKER=1
}

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
