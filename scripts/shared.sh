#!/usr/bin/env bash
# Fetches the public test vectors and schemas that shared.txt lists, each from where it is published, into a folder that EDGE_SHARED
# may then name: shared.sh FOLDER
#
# Whatever comes must have the SHA-256 in the list; what is there already and has it isn't fetched again. Some files were collected
# or derived from several publications: they come from SHARED_COLLECTED, and without it are left out, which is said.
#
# Variables: SHARED_PUBLISHED, before <repository>/raw/<revision>/<path> (https://github.com); SHARED_COLLECTED, before the path in
# the folder.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

[ $# -eq 1 ] || die "shared.sh FOLDER"
need curl "Install curl."
folder="$1"
published="${SHARED_PUBLISHED:-https://github.com}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# rows: the lines of the list that are none of remarks.
rows() { grep -v '^#' "$ROOT/scripts/shared.txt"; }

# address PATH REPOSITORY REVISION PATH-THERE: nothing where it can't be had.
address() {
    if [ "$2" != - ]; then
        printf '%s/%s/raw/%s/%s\n' "${published%/}" "$2" "$3" "$4"
    elif [ -n "${SHARED_COLLECTED:-}" ]; then
        printf '%s/%s\n' "${SHARED_COLLECTED%/}" "$1"
    fi
}

left_out=0
while read -r sum path repository revision there; do
    [ ! -f "$folder/$path" ] || [ "$(sha256_of "$folder/$path")" != "$sum" ] || continue
    url="$(address "$path" "$repository" "$revision" "$there")"
    if [ -z "$url" ]; then
        left_out=$((left_out + 1))
        continue
    fi
    printf '%s %s %s\n' "$sum" "$path" "$url" >> "$work/wanted"
    printf 'url = "%s"\noutput = "%s"\n' "$url" "$work/files/$path" >> "$work/curl"
done < <(rows)

if [ -f "$work/wanted" ]; then
    say "shared.sh: fetching $(wc -l < "$work/wanted") files into $folder"
    # What can't be had is found below.
    curl --silent --show-error --fail --location --retry 3 --create-dirs --parallel --parallel-max 8 --config "$work/curl" || true
    failed=0
    while read -r sum path url; do
        if [ ! -f "$work/files/$path" ]; then
            say "$path: $url can't be fetched"
        elif [ "$(sha256_of "$work/files/$path")" != "$sum" ]; then
            say "$path: $url has SHA-256 $(sha256_of "$work/files/$path"), expected $sum"
        else
            mkdir -p "$(dirname "$folder/$path")"
            mv -f "$work/files/$path" "$folder/$path"
            continue
        fi
        failed=$((failed + 1))
    done < "$work/wanted"
    [ "$failed" -eq 0 ] || die "$failed files are missing in $folder"
fi
[ "$left_out" -eq 0 ] || say "shared.sh: $left_out files were collected, not published: set SHARED_COLLECTED to where a copy of them lies"
