#!/usr/bin/env bash
# Brings the demo mesh up with a Compose, sends a few requests through it, and takes it down: test-compose.sh COMMAND...
# with `docker compose` for v2, `docker-compose` for 1.29. Needs dist/ (make wasm functions) unless EDGE_DOCKERFILE builds it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

[ $# -gt 0 ] || die "which Compose? test-compose.sh docker compose, or test-compose.sh docker-compose"

# Ports of the system's choice and a project of its own: a mesh that is already up is left alone.
export EDGE_PORT=0 EDGE_ADMIN_PORT=0 COMPOSE_PROJECT_NAME="edge-test-$$"
if [ -f docker/standins.env ]; then
    set -a
    # shellcheck source=/dev/null
    . docker/standins.env
    set +a
fi
work="$(mktemp -d)"
compose=("$@")
passed=0
failed=0

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

# field NAME ARGUMENT...: that header of the response.
field() {
    local name="$1"
    shift
    curl --silent --max-time 10 --output "$work/body" --dump-header - "$@" | tr -d '\r' | sed -n "s/^$name: //p"
}

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

mesh() {
    local edge admin
    if ! "${compose[@]}" up --build --detach > "$work/up" 2>&1 || ! healthy; then
        tail -n 40 "$work/up" >&2
        expect "the mesh" healthy "not healthy"
        return
    fi
    edge="http://127.0.0.1:$("${compose[@]}" port envoy 10000 | sed 's/.*://')"
    admin="$("${compose[@]}" port envoy 9901)"
    expect "the admin page's address on the host" 127.0.0.1 "${admin%:*}"
    for service in envoy functions functions-wasmedge legacy idp redis ratelimit; do
        expect "$service: health" healthy "$(docker inspect --format '{{.State.Health.Status}}' "$(container "$service")")"
        expect "$service: root file system" true "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$(container "$service")")"
        expect "$service: processes of root's" 0 "$(docker top "$(container "$service")" -eo pid,uid | awk 'NR > 1 && $2 == 0' | wc -l)"
    done
    requests "$edge" "http://$admin"
}

# What a client sees through the mesh: $1 its address, $2 Envoy's admin page.
requests() {
    local edge="$1" admin="$2" country region runtime token bearer json='content-type: application/json' vms
    expect "a page of the container backend" 200 "$(status "$edge/")"
    expect "the Wasm function" 200 "$(status "$edge/health")"
    for country in DE:eu:wasmtime US:us:wasmedge; do
        IFS=: read -r country region runtime <<< "$country"
        expect "who serves $country" "\"region\":\"$region\",\"runtime\":\"$runtime\"" \
            "$(curl --silent --max-time 10 --header 'x-cdn-secret: demo-cdn' --header "cf-ipcountry: $country" "$edge/geo" | sed -n 's/.*"served_by":{\([^}]*\)}.*/\1/p')"
    done
    expect "a protected function, no token" 401 "$(status --header "$json" --data '[1, 2]' "$edge/aggregate")"
    token="$(curl --silent --max-time 10 "$edge/idp/token?sub=ada&aud=edge&scope=compute" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')"
    bearer="authorization: Bearer $token"
    expect "a protected function, bad token" 401 "$(status --header "${bearer}x" --header "$json" --data '[1, 2]' "$edge/aggregate")"
    expect "a protected function, good token" 200 "$(status --header "$bearer" --header "$json" --data '[1, 2]' "$edge/aggregate")"
    expect "over the limit" 429 "$(for _ in 1 2 3 4 5 6 7 8; do status --header "$bearer" --header "$json" --data '[1, 2]' "$edge/aggregate" && echo; done | tail -n 1)"
    expect "the service's word on it" 1 "$(curl --silent --max-time 10 "$admin/stats?filter=rate_limit.service_over_limit" | sed -n 's/.*: //p')"
    expect "a blocked country" 451 "$(status --header 'x-cdn-secret: demo-cdn' --header 'cf-ipcountry: KP' "$edge/")"
    expect "the coding asked for" zstd "$(field content-encoding --header 'accept-encoding: gzip, br, zstd' "$edge/text?bytes=4096")"
    expect "an immutable asset" "public, max-age=31536000, immutable" "$(field cache-control "$edge/assets/$(basename legacy/site/assets/*.css)")"
    vms="$(curl --silent --max-time 10 "$admin/stats?filter=^wasm.envoy.wasm.runtime.v8.active" | sed 's/.*: //')"
    expect "a VM for each filter on each thread" 0 "$((${vms:-1} % 5))"
}

sweep
mesh
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
