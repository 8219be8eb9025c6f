#!/usr/bin/env bash
# Prints the path of WasmEdge: $WASMEDGE, else PATH, else a program that runs the stand-in's (docker/standins.sh wasmedge) in a
# container on this machine's network. WasmEdge is in Debian from trixie on.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

image="$(sed -n 's/^WASMEDGE_IMAGE=//p' "$ROOT/docker/standins.env" 2> /dev/null || true)"

if [ -n "${WASMEDGE:-}" ]; then
    [ -x "$WASMEDGE" ] || die "WASMEDGE=$WASMEDGE is not a program."
    printf '%s\n' "$WASMEDGE"
elif type -P wasmedge; then
    exit
elif [ -n "$image" ] && docker image inspect "$image" > /dev/null 2>&1; then
    program="$EDGE_TOOLS/wasmedge-$(printf '%s %s' "$image" "$ROOT" | cksum | cut -d ' ' -f 1)"
    if [ ! -x "$program" ]; then
        mkdir -p "$EDGE_TOOLS"
        new="$(mktemp "$program.XXXXXX")"
        # With an init, which a request to stop reaches.
        printf '#!/bin/sh\nexec docker run --rm --init --network=host --volume "%s:%s" "%s" "$@"\n' "$ROOT" "$ROOT" "$image" > "$new"
        chmod 0755 "$new"
        mv -f "$new" "$program"
    fi
    printf '%s\n' "$program"
else
    die "WasmEdge is not installed (apt install wasmedge, from Debian 13 on), and there is no stand-in (make standins): or set WASMEDGE."
fi
