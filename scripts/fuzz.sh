#!/usr/bin/env bash
# Runs every fuzz target of fuzz/ for FUZZ_SECONDS each (30 by default).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ -f fuzz/Cargo.toml ] || die "fuzz/ has no targets yet"
cargo fuzz --version > /dev/null 2>&1 || die "cargo-fuzz is not installed: cargo install --locked cargo-fuzz (and rustup toolchain install nightly)"
for target in $(cargo +nightly fuzz list); do
    say "fuzz: $target"
    cargo +nightly fuzz run "$target" -- -max_total_time="${FUZZ_SECONDS:-30}"
done
