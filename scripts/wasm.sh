#!/usr/bin/env bash
# Builds every filter for Envoy and puts the optimised modules into dist/ (see wasm-opt.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

scripts/rust-target.sh wasm32-wasip1
packages=()
while IFS=$'\t' read -r _name package _rest; do
    packages+=(-p "$package")
done < <(python3 scripts/filters.py)
[ "${#packages[@]}" -gt 0 ] || die "no package under filters/"
# The module that the tests ask to do what they want to see: built like the others, shipped nowhere.
[ ! -f integration/probe/Cargo.toml ] || packages+=(-p probe-filter)
# Panics name the file they are in: not in whose home folder it lay.
export CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates --remap-path-prefix=$PWD=."
cargo build --release --target wasm32-wasip1 "${packages[@]}"
./wasm-opt.sh
