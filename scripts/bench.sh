#!/usr/bin/env bash
# Runs the side-by-side benchmark in bench/.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ -x bench/run.sh ] || die "bench/ has no benchmark yet"
exec bench/run.sh "$@"
