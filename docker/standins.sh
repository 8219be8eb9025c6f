#!/usr/bin/env bash
# Builds stand-ins for the official images out of Debian's packages, for machines where no image registry is reachable,
# and writes docker/standins.env, which Compose, the tests and the Makefile read: ENVOY_IMAGE=…, NGINX_IMAGE=…, …
#
#   docker/standins.sh [NAME...]     envoy nginx node wasmtime wasmedge redis prometheus limitador by default
#
# An image is tagged by what it is made of, so that a second run finds it and does nothing.
# Variables: DEBIAN_MIRROR (debootstrap's own by default). Needs root, for debootstrap.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# No buildx is needed, so do without BuildKit.
export DOCKER_BUILDKIT=0

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

have() { docker image inspect "$1" > /dev/null 2>&1; }

# base SUITE: the image edge-standin/debian:SUITE.
base() {
    local image="edge-standin/debian:$1" root="$work/root"
    have "$image" && return
    need debootstrap "apt install debootstrap"
    say "stand-in: Debian $1 by debootstrap, a minute or two"
    # shellcheck disable=SC2086
    debootstrap --variant=minbase "$1" "$root" ${DEBIAN_MIRROR:-} > "$work/debootstrap.log" 2>&1 || {
        tail -n 20 "$work/debootstrap.log" >&2
        die "debootstrap $1 failed"
    }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    tar -C "$root" --numeric-owner -c . | docker import - "$image" > /dev/null
    rm -rf "$root"
}

# The image NAME of docker/standins/NAME.Dockerfile, with FILE in its build context; prints its tag.
build() {
    local name="$1" suite="$2" file="${3:-}" recipe="docker/standins/$1.Dockerfile" image
    image="edge-standin/$name:$(cat "$recipe" ${file:+"$file"} | sha256sum | cut -c 1-12)"
    if ! have "$image"; then
        base "$suite"
        say "stand-in: $name"
        mkdir -p "$work/$name"
        [ -z "$file" ] || cp "$file" "$work/$name/$name"
        # The host's network: the package mirror may be reachable only from there.
        docker build --network=host --quiet --file "$recipe" --tag "$image" "$work/$name" > "$work/$name.log" 2>&1 || {
            tail -n 30 "$work/$name.log" >&2
            die "building $image failed"
        }
    fi
    printf '%s' "$image"
}

# One line of standins.env.
standin() {
    local image
    case "$1" in
        envoy) image="$(build envoy bookworm "$(scripts/envoy.sh)")" && echo "ENVOY_IMAGE=$image" ;;
        nginx) image="$(build nginx bookworm)" && echo "NGINX_IMAGE=$image" ;;
        node) image="$(build node bookworm)" && echo "NODE_IMAGE=$image" ;;
        wasmtime) image="$(build wasmtime bookworm "$(scripts/wasmtime.sh)")" && echo "WASMTIME_IMAGE=$image" ;;
        # WasmEdge is in Debian from trixie on.
        wasmedge) image="$(build wasmedge trixie)" && echo "WASMEDGE_IMAGE=$image" ;;
        redis) image="$(build redis bookworm)" && echo "REDIS_IMAGE=$image" ;;
        prometheus) image="$(build prometheus bookworm)" && echo "PROMETHEUS_IMAGE=$image" ;;
        limitador) image="$(build limitador bookworm "$(scripts/ratelimit-service.sh)")" && echo "LIMITADOR_IMAGE=$image" ;;
        *) die "no stand-in is called $1" ;;
    esac
}

docker info > /dev/null 2>&1 || die "no Docker engine answers"
[ $# -gt 0 ] || set -- envoy nginx node wasmtime wasmedge redis prometheus limitador
for name in "$@"; do
    line="$(standin "$name")"
    printf '%s\n' "$line"
done > "$work/env"
{
    # Nothing but Debian is reachable where stand-ins are used, so the mesh takes the modules as built on this machine.
    echo "EDGE_DOCKERFILE=docker/prebuilt.Dockerfile"
    # Other stand-ins that an earlier run has written stay.
    { cat "$work/env" && grep -v '^EDGE_DOCKERFILE=' docker/standins.env 2> /dev/null; } | sort -t = -k 1,1 -u -s
} > "$work/standins.env" || true
cp "$work/standins.env" docker/standins.env
cat docker/standins.env
