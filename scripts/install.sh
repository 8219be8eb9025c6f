#!/usr/bin/env bash
# Installs the command edge-filters out of a release, after a look at its SHA-256: install.sh VERSION FOLDER
#
# Variables: RELEASES, where releases lie (https://github.com/<owner>/<repository>/releases/download); PLATFORM (this machine's:
# x86_64-linux, aarch64-linux, x86_64-macos, aarch64-macos).
set -euo pipefail

# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

[ $# -eq 2 ] || die "install.sh VERSION FOLDER"
version="${1#v}" folder="$2"
[ -n "${RELEASES:-}" ] || die "RELEASES is not set, expected where releases lie: https://github.com/<owner>/<repository>/releases/download"

platform() {
    case "$(uname -sm)" in
        "Linux x86_64") echo x86_64-linux ;;
        "Linux aarch64" | "Linux arm64") echo aarch64-linux ;;
        "Darwin x86_64") echo x86_64-macos ;;
        "Darwin arm64") echo aarch64-macos ;;
        *) die "no release has edge-filters for $(uname -sm): cargo install --path cli builds it." ;;
    esac
}

name="edge-filters-$version-${PLATFORM:-$(platform)}"
fetched="$(mktemp -d)"
trap 'rm -rf "$fetched"' EXIT
for file in SHA256SUMS "$name.tar.gz"; do
    curl --fail --silent --show-error --location --retry 3 --output "$fetched/$file" "${RELEASES%/}/v$version/$file" \
        || die "${RELEASES%/}/v$version/$file can't be fetched."
done
expected="$(sed -n "s/^\([0-9a-f]\{64\}\)  $name\.tar\.gz\$/\1/p" "$fetched/SHA256SUMS")"
[ -n "$expected" ] || die "SHA256SUMS of version $version doesn't name $name.tar.gz."
found="$(sha256_of "$fetched/$name.tar.gz")"
[ "$found" = "$expected" ] || die "$name.tar.gz has SHA-256 $found, expected $expected."
tar -xzf "$fetched/$name.tar.gz" -C "$fetched"
mkdir -p "$folder"
mv -f "$fetched/$name/edge-filters" "$folder/edge-filters"
printf '%s\n' "$folder/edge-filters"
