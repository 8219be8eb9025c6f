#!/usr/bin/env bash
# What a change must pass before it is reviewed: format, lints, layout, documentation, licences and sources of dependencies, scripts,
# workflows, spelling. A linter that is missing is fetched (scripts/linter.sh); one that can't be had is said to be skipped, and
# with EDGE_NO_SKIP=1, as in continuous integration, fails.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# lint NAME [ARGUMENT...]
lint() {
    local name="$1" program
    shift
    if program="$(scripts/linter.sh "$name")"; then
        say "check: $name"
        "$program" "$@"
    elif [ -n "${EDGE_NO_SKIP:-}" ]; then
        die "check: $name is missing, and EDGE_NO_SKIP is set"
    else
        say "check: $name skipped"
    fi
}

# The advisories' database is a repository that not every machine reaches; a workflow asks it every night.
advisories() {
    local program
    program="$(scripts/linter.sh cargo-deny)" || return 0
    if "$program" --log-level off fetch db > /dev/null 2>&1; then
        say "check: advisories"
        "$program" --log-level error check advisories
    else
        say "check: advisories: their database can't be reached from here"
    fi
}

say "check: cargo fmt"
cargo fmt --all --check
lint typos
lint shellcheck --external-sources wasm-opt.sh scripts/*.sh docker/*.sh deploy/*.sh deploy/*/*.sh fuzz/*.sh .ci/run .ci/*.sh
lint actionlint
lint cargo-deny --log-level error check bans licenses sources
advisories
say "check: layout"
cargo test --quiet --package http-filter-test --test layout
say "check: cargo clippy"
cargo clippy --workspace --all-targets --quiet -- -D warnings
say "check: cargo doc"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
say "check: passed"
