# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by the tests of the mesh in containers: brings it up with the Compose that the test was called with, which is then in
# the array `compose`, and takes it down when the test ends.
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ $# -gt 0 ] || die "which Compose? ${0##*/} docker compose, or ${0##*/} docker-compose"
compose=("$@")

# Ports of the system's choice and a project of its own: a mesh that is already up is left alone.
export EDGE_PORT=0 EDGE_ADMIN_PORT=0 COMPOSE_PROJECT_NAME="edge-test-$$"
if [ -f docker/standins.env ]; then
    set -a
    # shellcheck source=/dev/null
    . docker/standins.env
    set +a
fi
work="$(mktemp -d)"
passed=0
failed=0
edge=""
admin=""

tear_down() {
    "${compose[@]}" down --volumes --timeout 2 > "$work/down" 2>&1 || cat "$work/down" >&2
}
trap 'tear_down; rm -rf "$work"' EXIT

# Takes down what runs left that were killed before they could: their projects have the number of a process that is gone.
sweep() {
    local project
    docker ps --all --format '{{.Label "com.docker.compose.project"}}' | sort -u | while IFS= read -r project; do
        case "$project" in
            edge-test-*) kill -0 "${project#edge-test-}" 2> /dev/null || "${compose[@]}" -p "$project" down --volumes --timeout 2 ;;
        esac
    done > "$work/sweep" 2>&1 || cat "$work/sweep" >&2
}

# expect WHAT WANTED FOUND
expect() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s: %s: expected %s, found %s\n' "${compose[*]}" "$1" "$2" "$3"
    fi
}

status() { curl --silent --max-time 10 --output "$work/body" --write-out '%{http_code}' "$@" || true; }

container() { "${compose[@]}" ps -q "$1"; }

healthy() {
    local state
    for _ in $(seq 60); do
        state="$(docker inspect --format '{{.State.Health.Status}}' "$(container envoy)")"
        [ "$state" != healthy ] || return 0
        sleep 1
    done
    "${compose[@]}" logs --tail 20 envoy >&2
    return 1
}

# Brings the mesh up: $edge and $admin are then where Envoy is; fails with what Compose said.
bring_up() {
    if ! "${compose[@]}" up --build --detach > "$work/up" 2>&1 || ! healthy; then
        tail -n 40 "$work/up" >&2
        expect "the mesh" healthy "not healthy"
        return 1
    fi
    edge="http://127.0.0.1:$("${compose[@]}" port envoy 10000 | sed 's/.*://')"
    admin="http://$("${compose[@]}" port envoy 9901)"
}

# said NAME: that member of the JSON in the last answer's body, where it is a string.
said() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/body"; }

# token QUERY: one of the identity provider's.
token() { status --request POST "$edge/idp/token?$1" > "$work/status" && said access_token; }

from() { status --header 'x-cdn-secret: demo-cdn' --header "cf-ipcountry: $1" "${@:2}" "$edge/geo"; }

verdict() {
    printf '%s: %d passed, %d failed\n' "${compose[*]}" "$passed" "$failed"
    [ "$failed" -eq 0 ]
}
