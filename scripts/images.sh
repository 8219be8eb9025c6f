#!/usr/bin/env bash
# Builds the images: of each module, and of the command edge-filters where its archives are in dist/ (see images.py), into
# dist/oci, their digests into dist/images.json; and, where a Docker engine answers, what the mesh runs of ours, as
# edge-filters/<name>:local.
#
#   images.sh                     all of them
#   images.sh --modules           nothing that needs an engine
#   images.sh --mesh PROCESSOR    only what the mesh runs, pushed as TAG-PROCESSOR by a machine of that kind (amd64, arm64)
#   images.sh --join PROCESSOR... out of those, one image of all these processors as TAG
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
services() { sed -n 's|^ *image: edge-filters/\([a-z-]*\):local.*|\1|p' docker-compose.yml | sort -u; }

# mesh TAG: built, and with PUSH=1 pushed under that tag; prints name and digest of each that is pushed.
mesh() {
    local name image services=()
    while IFS= read -r name; do services+=("$name"); done < <(services)
    scripts/compose.sh build "${services[@]}" >&2
    for name in "${services[@]}"; do
        say "edge-filters/$name:local"
        [ -n "${PUSH:-}" ] || continue
        image="${REGISTRY#*://}/$name:$1"
        docker tag "edge-filters/$name:local" "$image"
        docker push --quiet "$image" >&2
        printf '%s\t' "$name"
        docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" | sed -n "s|^${image%:*}@||p"
    done
}

# join PROCESSOR...: prints the same.
join() {
    local name processor parts
    [ -n "${REGISTRY:-}" ] || die "--join needs a REGISTRY"
    while IFS= read -r name; do
        parts=()
        for processor in "$@"; do parts+=("$name:$TAG-$processor"); done
        printf '%s\t' "$name"
        python3 scripts/images.py join "$REGISTRY" "$name:$TAG" "${parts[@]}"
    done < <(services)
}

# Names and digests into dist/images.json.
note() {
    local name digest
    while IFS=$'\t' read -r name digest; do python3 scripts/images.py add "$DIST" "$name" "$digest"; done
}

case "${1:-}" in
    --modules) modules ;;
    --mesh) mesh "$TAG-$2" ;;
    --join) shift && join "$@" | note ;;
    "")
        modules
        if docker info > /dev/null 2>&1; then
            mesh "$TAG" | note
        else
            say "images.sh: no Docker engine answers, so the images of the mesh (envoy, functions) are left out"
        fi
        ;;
    *) die "images.sh [--modules | --mesh PROCESSOR | --join PROCESSOR...]" ;;
esac
