#!/usr/bin/env python3
"""What the five filters cost: envoy/chain.yaml beside itself without them, on the same Envoy and backend in one run.

    bench.py [--each] [--rounds 4] [--seconds 3] [--connections 32]

nginx serves a page of 2 KB behind Envoy with one worker; wrk asks for it with a valid token that jwt-auth has seen before.
The variants take turns, and the medians are compared: requests per second, and Envoy's own CPU time per request, which is
the steadier of the two. Limits are raised so that nothing is refused; any answer but 200 is an error. Everything runs on
127.0.0.1. Needs Linux, nginx, wrk and node.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# One item of the list http_filters, and what makes it one of ours or a compressor.
FILTER = re.compile(r"^( +)- name: .*\n(?:\1 .*\n|\s*#.*\n|\s*\n)*", re.M)
FIVE = ("jwt-auth", "rate-limit", "geo-routing", "compression-negotiation", "cache-headers")
VARIANTS = {
    "five filters": lambda item: False,
    "no filters, compressors": lambda item: "filters.http.wasm" in item,
    "no filters": lambda item: "filters.http.wasm" in item or "filters.http.compressor" in item,
}


def only(name):
    """A variant that drops the other filters, and the compressors."""
    return lambda item: VARIANTS["no filters"](item) and f"- name: {name}\n" not in item


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def replaced(text, pattern, new):
    out, count = re.subn(pattern, new, text)
    if not count:
        sys.exit(f"envoy/chain.yaml has no {pattern}: bench.py must follow it")
    return out


def chain(drops, ports):
    """envoy/chain.yaml with the addresses of this run, limits out of reach, and a token required of everyone."""
    with open(os.path.join(ROOT, "envoy", "chain.yaml")) as file:
        text = file.read()
    text = replaced(text, r"allow: anyone", "require: demo")
    text = replaced(text, r"requests: \d+", "requests: 1000000")
    text = replaced(text, r"address: 0\.0\.0\.0, port_value: 10000", f"address: 127.0.0.1, port_value: {ports['edge']}")
    text = replaced(text, r"port_value: 9901", f"port_value: {ports['admin']}")
    text = replaced(text, r"path: /dev/stdout", "path: /dev/null")
    for backend in ("functions", "legacy", "idp"):
        port = ports["idp" if backend == "idp" else "legacy"]
        text = replaced(text, rf"address: {backend}, port_value: 8080", f"address: 127.0.0.1, port_value: {port}")
    # One filter's item may use what another's defines.
    for anchor, value in re.findall(r"&(\w+) (\{.*\})", text):
        text = text.replace(f"&{anchor} ", "").replace(f"*{anchor}", value)
    start = text.index("http_filters:")
    return text[:start] + FILTER.sub(lambda item: "" if drops(item[0]) else item[0], text[start:])


NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{
    access_log off; keepalive_requests 100000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
    scgi_temp_path {folder}; types {{ text/html html; }}
    server {{ listen 127.0.0.1:{port}; root {root}/legacy/site; }}
}}
"""


@contextlib.contextmanager
def running(*command, **options):
    process = subprocess.Popen(command, cwd=ROOT, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(url, headers, process, seconds=60):
    for _ in range(seconds * 10):
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} has ended with {process.returncode}")
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=2) as reply:
                return reply.read()
        time.sleep(0.1)
    sys.exit(f"{url} does not answer")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(options, url, token, envoy):
    """(requests per second, microseconds of Envoy's CPU per request) of one round."""
    before = cpu_seconds(envoy.pid)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "-H", f"authorization: Bearer {token}", url],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"not every answer was 200:\n{out}")
    requests = int(re.search(r"(\d+) requests in", out)[1])
    rate = float(re.search(r"Requests/sec: +([\d.]+)", out)[1])
    return rate, (cpu_seconds(envoy.pid) - before) * 1e6 / requests


def measure(options, stack, folder):
    variants = {**VARIANTS, **{f"only {name}": only(name) for name in FIVE if options.each}}
    ports = {"legacy": free_port()}
    with open(os.path.join(folder, "nginx.conf"), "w") as file:
        file.write(NGINX.format(folder=folder, port=ports["legacy"], root=ROOT))
    nginx = stack.enter_context(running(NGINX_PROGRAM, "-c", file.name))
    wait_for(f"http://127.0.0.1:{ports['legacy']}/", {}, nginx)
    idp = stack.enter_context(
        running("node", "idp/server.mjs", "--port", "0", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    )
    ports["idp"] = json.loads(idp.stdout.readline())["port"]
    minted = wait_for(f"http://127.0.0.1:{ports['idp']}/token?sub=bench&aud=edge&ttl=3600", {}, idp)
    token = json.loads(minted)["access_token"]
    envoys = {}
    for variant, drops in variants.items():
        mine = {**ports, "edge": free_port(), "admin": free_port()}
        config = os.path.join(folder, f"{len(envoys)}.yaml")
        with open(config, "w") as file:
            file.write(chain(drops, mine))
        envoy = stack.enter_context(
            running(ENVOY_PROGRAM, "-c", config, "--concurrency", "1", "--disable-hot-restart", "-l", "error")
        )
        url = f"http://127.0.0.1:{mine['edge']}/"
        wait_for(url, {"authorization": f"Bearer {token}"}, envoy)
        envoys[variant] = (url, envoy)
    rounds = {variant: [] for variant in variants}
    for number in range(options.rounds):
        for variant, (url, envoy) in envoys.items():
            rounds[variant].append(load(options, url, token, envoy))
            print(f"round {number + 1} {variant}: {rounds[variant][-1][0]:.0f}/s", file=sys.stderr)
    return {variant: [statistics.median(column) for column in zip(*rows)] for variant, rows in rounds.items()}


def report(medians):
    base_rate, base_cpu = medians["no filters"]
    print(f"{'variant':<26}{'requests/s':>12}{'ratio':>8}{'CPU per request':>18}{'adds':>12}")
    for variant, (rate, cpu) in medians.items():
        print(f"{variant:<26}{rate:>12.0f}{rate / base_rate:>8.2f}{cpu:>15.1f} µs{cpu - base_cpu:>+9.1f} µs")


parser = argparse.ArgumentParser()
parser.add_argument("--each", action="store_true", help="each filter by itself, too")
parser.add_argument("--rounds", type=int, default=4)
parser.add_argument("--seconds", type=int, default=3)
parser.add_argument("--connections", type=int, default=32)
arguments = parser.parse_args()
ENVOY_PROGRAM = subprocess.run(
    [os.path.join(ROOT, "scripts", "envoy.sh")], check=True, stdout=subprocess.PIPE, text=True
).stdout.strip()
NGINX_PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
for program in ("wrk", "node"):
    if not shutil.which(program):
        sys.exit(f"{program} is not installed")
if not NGINX_PROGRAM:
    sys.exit("nginx is not installed")
with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as processes:
    os.chmod(temporary, 0o755)
    results = measure(arguments, processes, temporary)
report(results)
