#!/usr/bin/env bash
# Builds the images: of each module (see images.py) into dist/oci, their digests into dist/images.json; and, where a Docker
# engine answers, what the mesh runs of ours, as edge-filters/<name>:local.
#
#   images.sh [--modules]     --modules: nothing that needs an engine
#
# Variables: REGISTRY, and PUSH=1 to push everything there; TAG (the workspace's version); REGISTRY_USER, REGISTRY_PASSWORD;
# SOURCE_URL, for the images' annotations; DIST; what Compose reads for the mesh (ENVOY_IMAGE, …).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

need python3 "Install Python 3."
DIST="${DIST:-dist}"
TAG="${TAG:-$(workspace_version)}"
[ -z "${PUSH:-}" ] || [ -n "${REGISTRY:-}" ] || die "PUSH=1 needs a REGISTRY: make images PUSH=1 REGISTRY=ghcr.io/somebody/edge-filters"

# The second builds, where they have been made, too.
modules() {
    local name modules=()
    while IFS=$'\t' read -r name _rest; do modules+=("$name"); done < <(python3 scripts/filters.py)
    while IFS=$'\t' read -r name _rest; do
        [ ! -f "$DIST/$name.wasm" ] || modules+=("$name")
    done < <(python3 scripts/filters.py --featured)
    python3 scripts/images.py build "$DIST" "$TAG" "${modules[@]}"
    [ -z "${PUSH:-}" ] || python3 scripts/images.py push "$DIST" "$TAG" "$REGISTRY"
}

# What docker-compose.yml builds.
mesh() {
    local name image services=()
    while IFS= read -r name; do services+=("$name"); done < <(sed -n 's|^ *image: edge-filters/\([a-z-]*\):local.*|\1|p' docker-compose.yml | sort -u)
    scripts/compose.sh build "${services[@]}" >&2
    for name in "${services[@]}"; do
        echo "edge-filters/$name:local"
        [ -n "${PUSH:-}" ] || continue
        image="${REGISTRY#*://}/$name:$TAG"
        docker tag "edge-filters/$name:local" "$image"
        docker push --quiet "$image" >&2
        python3 scripts/images.py add "$DIST" "$name" \
            "$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" | sed -n "s|^${image%:*}@||p")"
    done
}

modules
if [ "${1:-}" = --modules ]; then
    exit
elif docker info > /dev/null 2>&1; then
    mesh
else
    say "images.sh: no Docker engine answers, so the images of the mesh (envoy, functions) are left out"
fi
