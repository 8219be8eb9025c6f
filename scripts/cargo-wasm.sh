#!/usr/bin/env bash
# cargo, as the modules are built by it: cargo-wasm.sh SUBCOMMAND [ARGUMENT...] is `cargo SUBCOMMAND --target wasm32-wasip1
# ARGUMENT...`.
#
# The standard library is built along, and whatever would panic traps at once: its messages are a sixth of every module, and
# no user ever reads them. That takes the library's sources (rustup's component rust-src) and options that this very compiler
# has, though it doesn't promise to keep them. Without the sources the library is taken as it comes, and the modules are larger.
#
#   WASM_STD=prebuilt    takes it as it comes: panics, of which there should be none, tell where they are
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"
cd "$ROOT"
# shellcheck source=scripts/wasm-std.sh
. scripts/wasm-std.sh

TARGET=wasm32-wasip1

add_std_sources() {
    command -v rustup > /dev/null || return
    say "adding the Rust component rust-src"
    rustup component add rust-src >&2
}

scripts/rust-target.sh "$TARGET"
sysroot="$(rustc --print sysroot)"
# What names files says nothing of the folders they lay in.
flags="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates --remap-path-prefix=$sysroot/lib/rustlib/src/rust=rust --remap-path-prefix=$PWD=."
# SHA-2 in loops, not unrolled: 7 KB less with SHA-256, 16 KB with SHA-512 too.
flags+=' --cfg sha2_backend_soft="compact"'
options=()
if [ "${WASM_STD:-}" != prebuilt ] && ! has_std_sources && ! add_std_sources; then
    say "cargo-wasm.sh: no sources of the standard library, so that modules are larger (rustup component add rust-src)"
fi
if builds_std; then
    export RUSTC_BOOTSTRAP=1
    options=(-Z build-std=std -Z build-std-features=optimize_for_size)
    flags+=" -C panic=immediate-abort -Z unstable-options"
fi
export CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="$flags"

subcommand="$1"
shift
exec cargo "$subcommand" ${options[@]+"${options[@]}"} --target "$TARGET" "$@"
