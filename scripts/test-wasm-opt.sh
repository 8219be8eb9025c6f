#!/usr/bin/env bash
# Tests wasm-opt.sh on the modules that `cargo build` left: with every wasm-opt found (the pinned one and the one in
# PATH), what comes out exports exactly what it should, imports nothing new, and comes out the same twice.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# check WHAT COMMAND...
check() {
    local what="$1"
    shift
    if "$@" > "$work/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n' "$what"
        sed 's/^/    /' "$work/output"
    fi
}

refuses() { ! "$@" || { echo "was accepted"; return 1; }; }

# all_with TOOL: every filter, twice.
all_with() {
    local version name module callbacks
    version="$("$1" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')"
    for time in first second; do
        check "$version, $time: within budget" env WASM_OPT="$1" DIST="$work/$version-$time" ./wasm-opt.sh
    done
    check "$version: the same bytes twice" diff "$work/$version-first/SHA256SUMS" "$work/$version-second/SHA256SUMS"
    while IFS=$'\t' read -r name _package module callbacks _rest; do
        check "$version: $name: exports" python3 scripts/keep_exports.py --verify \
            "$modules/$module.wasm" "$work/$version-first/$name.wasm" "$callbacks"
    done < <(python3 scripts/filters.py)
}

modules="${WASM_TARGET_DIR:-${CARGO_TARGET_DIR:-target}/wasm32-wasip1/release}"
pinned="$(scripts/wasm-opt.sh --pinned)"
all_with "$pinned"
in_path="$(command -v wasm-opt || true)"
if [ -n "$in_path" ]; then
    all_with "$in_path"
elif [ -n "${EDGE_SKIP_LOG:-}" ]; then
    echo "wasm: wasm-opt.sh with a wasm-opt from PATH: none is installed (apt install binaryen)" >> "$EDGE_SKIP_LOG"
fi

first="$(python3 scripts/filters.py | awk -F '\t' 'NR == 1 { print $3 }')"
check "a callback that the module lacks is refused" refuses \
    python3 scripts/keep_exports.py "$modules/$first.wasm" "$work/none.wasm" proxy_on_request_header
check "what is not a module is refused" refuses python3 scripts/keep_exports.py Makefile "$work/none.wasm" none
check "an unknown filter is refused" refuses env DIST="$work/none" ./wasm-opt.sh no-such-filter
check "over budget is refused" refuses sh -c 'printf "x\tMakefile\tMakefile\t1\t0\tyes\n" | python3 scripts/sizes.py 0 0'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
