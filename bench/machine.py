"""What the benchmarks need of this machine, and how its results say which machine it was."""

import os
import platform
import shutil
import socket
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What is made once and used again: keys and tokens, databases, the empty modules.
MADE = os.path.join(ROOT, "target", "bench")
RESULTS = os.path.join(ROOT, "bench", "results")

PACKAGES = {"wrk": "wrk", "h2load": "nghttp2-client", "nginx": "nginx-light", "node": "nodejs"}


def say(text):
    print(text, file=sys.stderr, flush=True)


def program(name):
    """The path of a program that must be there."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        sys.exit(f"bench: {name} is not installed (Debian: apt install {PACKAGES.get(name, name)})")
    return found


def script(name, *arguments):
    """What one of the project's scripts prints: the path of a tool."""
    command = [os.path.join(ROOT, "scripts", name), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def envoy_program():
    return os.environ.get("ENVOY_BIN") or script("envoy.sh")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError:
        return "unknown"
    return next((line.strip() for line in done.stdout.splitlines() if line.strip()), "unknown")


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def commit():
    """The commit that is measured, with a plus where the files differ from it."""
    command = ("git", "-C", ROOT, "describe", "--always", "--dirty=+", "--exclude=*")
    return first_line(*command)


def description():
    """What a reader must know of the machine to compare."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
        "envoy": first_line(envoy_program(), "--version").rpartition("version:")[2].strip(),
        "wrk": first_line(program("wrk"), "--version").partition(" Copyright")[0],
        "nginx": first_line(program("nginx"), "-v").rpartition("/")[2],
        "commit": commit(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def check():
    """Ends the program where it can't run."""
    if not sys.platform.startswith("linux"):
        sys.exit("bench: needs Linux: CPU time per request comes from /proc")
    for name in PACKAGES:
        program(name)
