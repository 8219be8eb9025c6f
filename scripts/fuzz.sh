#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS each (30 by default), with libFuzzer on stable Rust: see fuzz/run.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
exec fuzz/run.sh
