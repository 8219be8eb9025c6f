#!/usr/bin/env bash
# Runs fuzz targets for FUZZ_SECONDS each (30 by default), with libFuzzer on stable Rust: see fuzz/run.sh.
#
#   fuzz.sh             every target
#   fuzz.sh TARGET      one of them
#   fuzz.sh --list      their names
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --list ]; then
    for source in fuzz/fuzz_targets/*.rs; do basename "$source" .rs; done
    exit
fi
exec fuzz/run.sh "$@"
