# shellcheck shell=bash
# Sourced by the scripts that find or fetch one tool each.
#
# A tool is looked for in its own variable, then in PATH, then in $EDGE_TOOLS, where it is installed on first use.
# Each of those scripts prints the tool's path on stdout; everything meant for a person goes to stderr.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
EDGE_TOOLS="${EDGE_TOOLS:-$ROOT/.tools}"

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# need COMMAND HOW-TO-INSTALL
need() {
    command -v "$1" >/dev/null 2>&1 || die "$1 is not installed. $2"
}

# at_least WANTED HAVE: dotted versions, compared by number.
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | sed -n 1p)" = "$1" ]
}

# once NAME COMMAND...: two callers at a time install NAME one after the other (where flock exists; macOS has none,
# and there the final rename still leaves one whole copy).
once() {
    local name="$1"
    shift
    mkdir -p "$EDGE_TOOLS"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$EDGE_TOOLS/.$name.lock"
        flock 9
        "$@" 9>&-
        exec 9>&-
    else
        "$@"
    fi
}
