#!/usr/bin/env bash
# Installs the Debian packages that the tests start programs of, and Compose v2 as a plugin of the Docker client.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

PACKAGES="binaryen brotli caddy chromium curl debootstrap docker-compose docker-registry docker.io iptables nginx-light prometheus redis-server shellcheck tor-geoipdb valgrind varnish zstd"

missing() {
    local package
    for package in $PACKAGES; do dpkg -s "$package" > /dev/null 2>&1 || printf '%s ' "$package"; done
    command -v node > /dev/null || printf 'nodejs npm '
}

# Where this machine's own Debian packages come from.
mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | grep -v security | sed -n 1p
}

# Compose v2 is in Debian from trixie on; its package runs on bookworm. $1: where the client looks for plugins.
compose_v2() {
    local apt=(-o "Dir::Etc::sourcelist=$1/trixie.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$1/lists"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
    [ -x "$1/docker-compose" ] && return
    mkdir -p "$1/lists/partial"
    echo "deb $(mirror) trixie main" > "$1/trixie.list"
    apt-get "${apt[@]}" update -qq
    (cd "$1" && apt-get "${apt[@]}" download -qq docker-compose && dpkg -x docker-compose_*.deb unpacked)
    mv -f "$1/unpacked/usr/libexec/docker/cli-plugins/docker-compose" "$1/docker-compose"
    rm -rf "$1/lists" "$1/unpacked" "$1/trixie.list" "$1"/*.deb
}

install="$(missing)"
if [ -n "$install" ]; then
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $install > /dev/null
fi
compose_v2 "${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
