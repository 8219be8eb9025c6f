#!/usr/bin/env bash
# Writes a copy of these manifests that names the images by your registry, their version and their digests:
#
#   deploy/pin.sh REGISTRY [TAG]    ghcr.io/somebody/edge-filters, for instance -> dist/deploy
#
# The digests are those in dist/images.json, which `make images` writes (DIST: another folder than dist).
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || { sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2 && exit 2; }
python3 scripts/pin.py deploy "${DIST:-dist}" "$@"
