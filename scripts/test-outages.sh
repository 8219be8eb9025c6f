#!/usr/bin/env bash
# Brings the demo mesh up with a Compose, shows the tour on it, then stops each part in turn: what does a client see, and does
# all come back by itself? test-outages.sh COMMAND... as test-compose.sh, and needs what that needs. What is seen is listed
# in functions/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/compose-test.sh
. scripts/compose-test.sh

# eventually WHAT WANTED COMMAND...: within half a minute the command prints that.
eventually() {
    local what="$1" wanted="$2" found="" started=$SECONDS
    shift 2
    while [ $((SECONDS - started)) -lt 30 ]; do
        found="$("$@")"
        [ "$found" != "$wanted" ] || break
        sleep 0.3
    done
    expect "$what (within $((SECONDS - started)) s)" "$wanted" "$found"
    printf '%-62s %-36s %3d s\n' "$what" "$found" $((SECONDS - started))
}

# seen ARGUMENT...: the status, and the slug of the problem where it is one.
seen() {
    local code
    code="$(status "$@")"
    printf '%s' "$code$(sed -n 's/.*urn:edge:problem:\([a-z_]*\).*/ \1/p' "$work/body")"
}

served() { printf '%s %s' "$(from "$1")" "$(said region)"; }

compute() { seen --header "authorization: Bearer $1" --header 'content-type: application/json' --data '[1, 2]' "$edge/aggregate"; }

# Six in a row of somebody who has not asked yet: five are allowed.
quota() {
    local bearer answers=""
    bearer="$(token "sub=$1-$RANDOM&aud=edge&scope=compute")"
    for _ in 1 2 3 4 5 6; do answers+="$(compute "$bearer" | cut -c 1-3) "; done
    printf '%s' "$answers"
}

# By the service: a counter of Envoy's that has moved since.
asked() { curl --silent --max-time 10 "$admin/stats?filter=rate_limit.service_ok" | sed -n 's/.*: //p'; }
service_counts() {
    local before
    before="$(asked)"
    quota eve > "$work/quota"
    if [ "$(asked)" -gt "${before:-0}" ]; then echo yes; else echo no; fi
}

stop() { "${compose[@]}" stop --timeout 1 "$@" > "$work/stop" 2>&1 || cat "$work/stop" >&2; }
start() { "${compose[@]}" start "$@" > "$work/start" 2>&1 || cat "$work/start" >&2; }

started() { docker inspect --format '{{.State.StartedAt}}' "$(container envoy)"; }

outages() {
    local begun ada limited="200 200 200 200 200 429 "
    begun="$(started)"
    eventually "Germany's region at first" "200 eu" served DE
    eventually "the other region at first" "200 us" served US
    expect "the tour" shown "$(cargo run -q -p edge-demo -- tour "${edge#http://}" "${admin#http://}" > "$work/tour" 2>&1 && echo shown)"
    ada="$(token "sub=ada&aud=edge&scope=compute")"

    stop functions
    expect "the first request after a region went down" "200 us" "$(served DE)"
    eventually "no functions: Germany" "200 us" served DE
    stop functions-wasmedge
    eventually "no functions at all: /geo" "503 backend_unavailable" seen "$edge/geo"
    eventually "no functions at all: a page" 200 seen "$edge/"
    start functions-wasmedge
    eventually "functions-wasmedge is back: Germany" "200 us" served DE
    start functions
    eventually "functions is back: Germany" "200 eu" served DE

    stop functions-wasmedge
    eventually "no functions-wasmedge: the United States" "200 eu" served US
    start functions-wasmedge
    eventually "functions-wasmedge is back: the United States" "200 us" served US

    stop legacy
    eventually "no legacy: a page" "503 backend_unavailable" seen "$edge/"
    eventually "no legacy: a function" "200 eu" served DE
    start legacy
    eventually "legacy is back: a page" 200 seen "$edge/"

    stop idp
    eventually "no idp: a token minted before" 200 compute "$ada"
    eventually "no idp: no token" 401 seen --header 'content-type: application/json' --data '[1, 2]' "$edge/aggregate"
    eventually "no idp: a new token" "503 backend_unavailable" seen --request POST "$edge/idp/token?sub=ada"
    start idp
    eventually "idp is back, with other keys: a new token" 200 seen --request POST "$edge/idp/token?sub=ada&aud=edge"
    eventually "idp is back, with other keys: who uses it" 200 new_keys

    for part in redis ratelimit; do
        stop "$part"
        eventually "no $part: six requests, five allowed" "$limited" quota "$part"
        start "$part"
        eventually "$part is back: the service counts" yes service_counts
    done
    expect "Envoy has run all the time" "$begun" "$(started)"
}

new_keys() { compute "$(token "sub=bob-$RANDOM&aud=edge&scope=compute")"; }

sweep
if bring_up; then outages; fi
verdict
