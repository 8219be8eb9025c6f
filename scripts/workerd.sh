#!/usr/bin/env bash
# Prints the path of workerd, the runtime of Cloudflare Workers: $WORKERD, else PATH, else the npm package that
# functions/workers/package-lock.json pins, under $EDGE_TOOLS. There is one for x86-64 Linux; elsewhere set WORKERD.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

lock="$ROOT/functions/workers/package-lock.json"
installed="$EDGE_TOOLS/npm/workers-$(sha256_of "$lock" | cut -c 1-12)"
program="$installed/node_modules/@cloudflare/workerd-linux-64/bin/workerd"

fetch() {
    [ ! -x "$program" ] || return 0
    [ "$(uname -sm)" = "Linux x86_64" ] || die "npm's workerd here is for x86-64 Linux: install workerd, or set WORKERD."
    need npm "Install Node.js with npm, or workerd, or set WORKERD."
    say "workerd: fetching the npm package (22 MB) into $EDGE_TOOLS"
    mkdir -p "$installed"
    cp "${lock%-lock.json}.json" "$lock" "$installed/"
    npm ci --prefix "$installed" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "npm could not install workerd."
    chmod 0755 "$program"
}

if [ -n "${WORKERD:-}" ]; then
    [ -x "$WORKERD" ] || die "WORKERD=$WORKERD is not a program."
    printf '%s\n' "$WORKERD"
elif type -P workerd; then
    exit
else
    once workerd fetch
    printf '%s\n' "$program"
fi
