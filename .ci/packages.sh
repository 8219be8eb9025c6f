#!/usr/bin/env bash
# Installs the Debian packages that the tests start programs of, Compose v2 as a plugin of the Docker client, kustomize, and
# cosign.
#
#   packages.sh [--elsewhere]    on another distribution, with a Docker engine of its own: of the packages those it has
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

PACKAGES="apache2 binaryen brotli caddy chromium curl debootstrap docker-compose docker-registry docker.io iptables nginx-light pre-commit prometheus redis-server shellcheck squid tor-geoipdb trafficserver valgrind varnish zstd"

missing() {
    local package
    for package in $PACKAGES; do dpkg -s "$package" > /dev/null 2>&1 || printf '%s ' "$package"; done
    command -v node > /dev/null || printf 'nodejs npm '
    command -v python3 > /dev/null && python3 -m pip --version > /dev/null 2>&1 || printf 'python3 python3-pip '
}

# Where this machine's own Debian packages come from.
mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | grep -v security | sed -n 1p
}

# Programs that are in Debian from trixie on; their packages run on bookworm.
trixie="$(mktemp -d)"
trap 'rm -rf "$trixie"' EXIT

# from_trixie PACKAGE FILE FOLDER: the program FILE of the package, into FOLDER.
from_trixie() {
    local program="$3/${2##*/}" apt
    [ -x "$program" ] && return
    mkdir -p "$3"
    apt=(-o "Dir::Etc::sourcelist=$trixie/trixie.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$trixie/lists"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
    if [ ! -d "$trixie/lists" ]; then
        mkdir -p "$trixie/lists/partial"
        echo "deb $(mirror) trixie main" > "$trixie/trixie.list"
        apt-get "${apt[@]}" update -qq
    fi
    (cd "$trixie" && apt-get "${apt[@]}" download -qq "$1" && dpkg -x "$1"_*.deb unpacked)
    mv -f "$trixie/unpacked/$2" "$program"
}

if [ "${1:-}" = --elsewhere ]; then
    apt-get update -qq
    for package in $(missing); do
        case "$package" in docker.io | docker-compose) continue ;; esac
        apt-get install -y -qq --no-install-recommends "$package" > /dev/null || say "no $package here: its tests are skipped"
    done
    exit
fi
install="$(missing)"
if [ -n "$install" ]; then
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $install > /dev/null
fi
# Where the Docker client looks for plugins.
from_trixie docker-compose usr/libexec/docker/cli-plugins/docker-compose "${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
from_trixie kustomize usr/bin/kustomize /usr/local/bin
from_trixie cosign usr/bin/cosign /usr/local/bin
