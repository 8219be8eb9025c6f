#!/usr/bin/env bash
# Adds a compilation target to the Rust toolchain of this folder unless it is there: rust-target.sh wasm32-wasip1
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"

need cargo "Install Rust: https://rustup.rs"
[ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ] && exit
need rustup "This Rust has no target $1: install it with your package manager, or Rust itself by https://rustup.rs"
say "adding the Rust target $1"
rustup target add "$1" >&2
