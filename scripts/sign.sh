#!/usr/bin/env bash
# Signs a release by cosign: each image of dist/images.json at its registry, by its digest, and SHA256SUMS of the files.
#
#   sign.sh REGISTRY FOLDER    REGISTRY as images.py has it; FOLDER as release.sh leaves it: SHA256SUMS.bundle appears there
#
# Variables: DIST; COSIGN_KEY, a key of cosign's (and COSIGN_PASSWORD): without one it signs keyless, as the workflow that runs.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ $# -eq 2 ] || die "sign.sh REGISTRY FOLDER"
need cosign "Install cosign (https://docs.sigstore.dev/cosign/system_config/installation)."
registry="$1" folder="$2"
DIST="${DIST:-dist}"
options=(--yes)
# A key of one's own is told to whom it is for; keyless signatures go into the public log.
[ -z "${COSIGN_KEY:-}" ] || options+=(--key "$COSIGN_KEY" --tlog-upload=false)
plain=()
case "$registry" in http://*) plain=(--allow-http-registry) ;; esac
while read -r name digest; do
    cosign sign "${options[@]}" "${plain[@]}" "${registry#*://}/$name@$digest"
    echo "signed: ${registry#*://}/$name@$digest"
done < <(python3 -c '
import json, sys
for name, digest in sorted(json.load(open(sys.argv[1])).items()):
    print(name, digest)' "$DIST/images.json")
cosign sign-blob "${options[@]}" --bundle "$folder/SHA256SUMS.bundle" "$folder/SHA256SUMS" > /dev/null
echo "signed: $folder/SHA256SUMS"
