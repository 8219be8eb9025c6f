#!/usr/bin/env bash
# Packages the chart of dist/deploy, which deploy/pin.sh has written, with the images' addresses and digests in it:
# dist/edge-filters-<version>.tgz.
#
# Variables: REGISTRY, and PUSH=1 to push it to REGISTRY/charts, its digest into dist/images.json; TAG (the workspace's version); DIST.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

DIST="${DIST:-dist}"
TAG="${TAG:-$(workspace_version)}"
chart="$DIST/deploy/helm/edge-filters"
[ -f "$chart/Chart.yaml" ] || die "$chart is missing: deploy/pin.sh writes it"
archive="$(scripts/helm.sh package "$chart" "$DIST" "$TAG")"
if [ -n "${PUSH:-}" ]; then
    [ -n "${REGISTRY:-}" ] || die "PUSH=1 needs a REGISTRY"
    digest="$(scripts/helm.sh push "$archive" "$REGISTRY/charts")"
    python3 scripts/images.py add "$DIST" charts/edge-filters "$digest"
fi
printf '%s\n' "$archive"
