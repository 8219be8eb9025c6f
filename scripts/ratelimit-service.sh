#!/usr/bin/env bash
# Prints the path of the rate limit service of the demo and the tests: $RATELIMIT_SERVICE, else built by cargo.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

if [ -n "${RATELIMIT_SERVICE:-}" ]; then
    [ -x "$RATELIMIT_SERVICE" ] || die "RATELIMIT_SERVICE=$RATELIMIT_SERVICE is no program."
    printf '%s\n' "$RATELIMIT_SERVICE"
    exit
fi
need cargo "Install Rust (https://rustup.rs), or set RATELIMIT_SERVICE."
cd "$ROOT"
built="${CARGO_TARGET_DIR:-$ROOT/target}/debug/ratelimit-service"
[ -x "$built" ] || say "ratelimit-service: building it by cargo; a minute or two, once."
cargo build --quiet --locked -p ratelimit-service >&2 || die "ratelimit-service did not build; see above."
printf '%s\n' "$built"
