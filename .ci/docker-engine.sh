#!/usr/bin/env bash
# Starts Debian's Docker engine where none answers, and stops the one it has started: docker-engine.sh start|stop
set -euo pipefail

PID_FILE=/var/run/edge-dockerd.pid
LOG=/var/log/edge-dockerd.log

start() {
    if docker info > /dev/null 2>&1; then
        echo "a Docker engine answers already"
        return
    fi
    setsid dockerd --pidfile "$PID_FILE" > "$LOG" 2>&1 < /dev/null &
    for _ in $(seq 60); do
        sleep 1
        if docker info > /dev/null 2>&1; then
            docker version --format 'engine {{.Server.Version}}, client {{.Client.Version}}'
            return
        fi
    done
    tail -n 20 "$LOG" >&2
    echo "the Docker engine did not start within 60 s" >&2
    return 1
}

stop() {
    [ -f "$PID_FILE" ] || return 0
    local pid
    pid="$(cat "$PID_FILE")"
    kill "$pid" 2> /dev/null || return 0
    for _ in $(seq 30); do
        kill -0 "$pid" 2> /dev/null || return 0
        sleep 1
    done
}

"$1"
