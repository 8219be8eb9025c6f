#!/usr/bin/env bash
# Runs fuzz targets: all of them for FUZZ_SECONDS each (30 by default), or one with libFuzzer's own arguments.
#
#   fuzz/run.sh [TARGET [ARGUMENT...]]
set -euo pipefail
cd "$(dirname "$0")"

# Coverage for libFuzzer. With --target, since build scripts and macros must go without.
export RUSTFLAGS="${RUSTFLAGS:-} -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
host="$(rustc -vV | sed -n 's/^host: //p')"
binaries="${CARGO_TARGET_DIR:-target}/$host/release"

fuzz() {
    local target="$1" && shift
    cargo build --quiet --release --target "$host" --bin "$target"
    mkdir -p "corpus/$target" "artifacts/$target" "seeds/$target"
    if [ $# -eq 0 ]; then set -- -max_total_time="${FUZZ_SECONDS:-30}" "corpus/$target" "seeds/$target"; fi
    echo "fuzz: $target $*"
    "$binaries/$target" -artifact_prefix="artifacts/$target/" -print_final_stats=1 "$@"
}

if [ $# -gt 0 ]; then
    fuzz "$@"
else
    for source in fuzz_targets/*.rs; do fuzz "$(basename "$source" .rs)"; done
fi
