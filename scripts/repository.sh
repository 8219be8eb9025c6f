#!/usr/bin/env bash
# Names another repository, for a fork: repository.sh OWNER/NAME [REVIEWER]
#
# What names the one in Cargo.toml names this one then: where releases, the action and the hooks are had from, and whose signatures
# count. CODEOWNERS asks REVIEWER, @OWNER by default.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ $# -ge 1 ] || die "repository.sh OWNER/NAME [REVIEWER]"
[[ "$1" =~ ^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$ ]] || die "repository: found $1, expected OWNER/NAME"
now="$(sed -n 's|^repository = "https://github.com/\(.*\)"$|\1|p' Cargo.toml)"
[ -n "$now" ] || die "Cargo.toml names no repository at github.com"
while IFS= read -r file; do
    sed "s|$now|$1|g" "$file" > "$file.new"
    cat "$file.new" > "$file"
    rm "$file.new"
    echo "$file"
done < <(git grep --files-with-matches --fixed-strings -e "$now" -- ':!CHANGELOG.md')
sed "s|@[A-Za-z0-9-]*/[A-Za-z0-9-]*|${2:-@${1%%/*}}|g" .github/CODEOWNERS > .github/CODEOWNERS.new
mv .github/CODEOWNERS.new .github/CODEOWNERS
echo .github/CODEOWNERS
