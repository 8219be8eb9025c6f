#!/usr/bin/env bash
# Runs Docker Compose, v2 or 1.29, with the stand-in images where docker/standins.sh has built them.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

export COMPOSE_PROJECT_NAME="${COMPOSE_PROJECT_NAME:-edge-filters}"
need docker "Install Docker: https://docs.docker.com/engine/install/"
if [ -f docker/standins.env ]; then
    set -a
    # shellcheck source=/dev/null
    . docker/standins.env
    set +a
fi
if docker compose version > /dev/null 2>&1; then
    exec docker compose "$@"
elif command -v docker-compose > /dev/null; then
    exec docker-compose "$@"
fi
die "Docker Compose is not installed: https://docs.docker.com/compose/install/"
