#!/usr/bin/env bash
# Brings the demo mesh up with a Compose, sends a few requests through it, and takes it down: test-compose.sh COMMAND...
# with `docker compose` for v2, `docker-compose` for 1.29. Needs dist/ (make wasm functions) unless EDGE_DOCKERFILE builds it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/compose-test.sh
. scripts/compose-test.sh

# field NAME ARGUMENT...: that header of the response.
field() {
    local name="$1"
    shift
    curl --silent --max-time 10 --output "$work/body" --dump-header - "$@" | tr -d '\r' | sed -n "s/^$name: //p"
}

mesh() {
    bring_up || return 0
    expect "the admin page's address on the host" "http://127.0.0.1" "${admin%:*}"
    for service in envoy functions functions-wasmedge legacy idp redis ratelimit; do
        expect "$service: health" healthy "$(docker inspect --format '{{.State.Health.Status}}' "$(container "$service")")"
        expect "$service: root file system" true "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$(container "$service")")"
        expect "$service: processes of root's" 0 "$(docker top "$(container "$service")" -eo pid,uid | awk 'NR > 1 && $2 == 0' | wc -l)"
    done
    requests
}

# What a client sees through the mesh.
requests() {
    local country region runtime bearer json='content-type: application/json' vms
    expect "a page of the container backend" 200 "$(status "$edge/")"
    expect "the Wasm function" 200 "$(status "$edge/health")"
    for country in DE:eu:wasmtime US:us:wasmedge; do
        IFS=: read -r country region runtime <<< "$country"
        expect "$country" 200 "$(from "$country")"
        expect "who serves $country" "$region $runtime" "$(said region) $(said runtime)"
    done
    for runtime in wasmtime wasmedge; do expect "by its path: $runtime" 200 "$(status "$edge/run/$runtime/health")"; done
    expect "a runtime that isn't there" 503 "$(status "$edge/run/native/health")"
    expect "a protected function, no token" 401 "$(status --header "$json" --data '[1, 2]' "$edge/aggregate")"
    bearer="authorization: Bearer $(token "sub=ada&aud=edge&scope=compute")"
    expect "a protected function, bad token" 401 "$(status --header "${bearer}x" --header "$json" --data '[1, 2]' "$edge/aggregate")"
    expect "a protected function, good token" 200 "$(status --header "$bearer" --header "$json" --data '[1, 2]' "$edge/aggregate")"
    expect "over the limit" 429 "$(for _ in 1 2 3 4 5 6 7 8; do status --header "$bearer" --header "$json" --data '[1, 2]' "$edge/aggregate" && echo; done | tail -n 1)"
    expect "the service's word on it" 1 "$(curl --silent --max-time 10 "$admin/stats?filter=rate_limit.service_over_limit" | sed -n 's/.*: //p')"
    expect "a blocked country" 451 "$(status --header 'x-cdn-secret: demo-cdn' --header 'cf-ipcountry: KP' "$edge/")"
    expect "the coding asked for" zstd "$(field content-encoding --header 'accept-encoding: gzip, br, zstd' "$edge/text?bytes=4096")"
    expect "an immutable asset" "public, max-age=31536000, immutable" "$(field cache-control "$edge/assets/$(basename mesh/site/public/assets/*.css)")"
    vms="$(curl --silent --max-time 10 "$admin/stats?filter=^wasm.envoy.wasm.runtime.v8.active" | sed 's/.*: //')"
    expect "a VM for each filter on each thread" 0 "$((${vms:-1} % 5))"
}

sweep
mesh
verdict
