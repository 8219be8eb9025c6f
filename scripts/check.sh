#!/usr/bin/env bash
# What a change must pass before it is reviewed: format, lints, documentation, and licences and advisories with
# cargo-deny where it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

say "check: cargo fmt"
cargo fmt --all --check
say "check: cargo clippy"
cargo clippy --workspace --all-targets --quiet -- -D warnings
say "check: cargo doc"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
if cargo deny --version > /dev/null 2>&1; then
    say "check: cargo deny"
    cargo deny --log-level error check
else
    say "check: cargo deny skipped; to run it: cargo install --locked cargo-deny"
fi
if command -v shellcheck > /dev/null; then
    say "check: shellcheck"
    shellcheck --external-sources wasm-opt.sh scripts/*.sh docker/*.sh deploy/*.sh .ci/run .ci/*.sh
else
    say "check: shellcheck skipped; to run it install shellcheck"
fi
if command -v actionlint > /dev/null; then
    say "check: actionlint"
    actionlint
else
    say "check: actionlint skipped; to run it install actionlint"
fi
say "check: passed"
