"""One burst of load on one Envoy, by wrk (HTTP/1.1) or h2load (HTTP/2), and what it cost."""

import dataclasses
import json
import os
import re
import subprocess

from machine import MADE, program

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclasses.dataclass(frozen=True)
class Load:
    """What clients send. `vary` names a header whose values take turns, request by request."""

    path: str = "/direct"
    headers: tuple = ()
    vary: str = ""
    values: tuple = dataclasses.field(default=(), hash=False, compare=False)
    # In random order, rather than one after the other.
    shuffled: bool = False
    # So many whole numbers from 0 on, in place of `values`, in an order that looks random.
    numbers: int = 0
    protocol: str = "HTTP/1.1"
    connections: int = 32
    threads: int = 1

    def probe(self):
        """The headers of one such request."""
        first = self.values[0] if self.values else "0"
        return {**dict(self.headers), **({self.vary: first} if self.vary else {})}


@dataclasses.dataclass
class Sample:
    """One burst: requests per second, Envoy's CPU per request in microseconds, latency in microseconds."""

    rate: float
    cpu: float
    median: float
    p99: float


def quoted(text):
    return json.dumps(text)


def script(load):
    """wrk's Lua script. Requests are formatted ahead where they are few enough; a number is put in as they go."""
    headers = "\n".join(f"wrk.headers[{quoted(name)}] = {quoted(value)}" for name, value in load.headers)
    if load.vary and load.numbers:
        # A multiplicative generator: every number once in a round, in no order that a cache could profit from.
        return f"""{headers}
wrk.headers[{quoted(load.vary)}] = "@@@@@@@@"
local before, after, state = "", "", 1
function init() local text = wrk.format(); before, after = text:match("^(.*)@@@@@@@@(.*)$") end
function request()
  state = (state * 7368781 + 12347) % {load.numbers}
  return before .. string.format("%08d", state) .. after
end
"""
    if load.vary:
        following = "math.random(#requests)" if load.shuffled else "number % #requests + 1"
        listed = os.path.join(MADE, "values.txt")
        return f"""{headers}
local requests, number = {{}}, 0
local started = 0
function setup(thread) thread:set("offset", started); started = started + 1 end
function init()
  for value in io.lines({quoted(listed)}) do
    wrk.headers[{quoted(load.vary)}] = value
    requests[#requests + 1] = wrk.format()
  end
  number = math.floor(offset * #requests / {load.threads})
end
function request()
  number = {following}
  return requests[number]
end
"""
    return headers + "\n"


def wrk(load, url, seconds):
    path = os.path.join(MADE, "load.lua")
    if load.values:
        with open(os.path.join(MADE, "values.txt"), "w") as file:
            file.write("\n".join(load.values) + "\n")
    with open(path, "w") as file:
        file.write(script(load))
    command = [program("wrk"), f"-t{load.threads}", f"-c{load.connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    out = subprocess.run([*command, "-s", path, url], check=True, stdout=subprocess.PIPE, text=True, timeout=60 + seconds).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{url}: not every answer was 200:\n{out}")
    requests = int(re.search(r"(\d+) requests in", out)[1])
    rate = float(re.search(r"Requests/sec: +([\d.]+)", out)[1])
    percentile = {share: latency(out, rf"^ +{share}% +([\d.]+)(us|ms|s|m)$") for share in (50, 99)}
    return requests, rate, percentile[50], percentile[99]


def latency(text, pattern):
    found = re.search(pattern, text, re.M)
    return float(found[1]) * UNITS[found[2]] * 1e6 if found else float("nan")


def h2load(load, url, seconds):
    """HTTP/2 over a few connections with many streams each; its 1.52 tells the mean, no percentiles."""
    command = [program("h2load"), "-t1", "-c8", f"-m{load.connections // 8}", f"-D{seconds:g}"]
    for name, value in load.probe().items():
        command += ["-H", f"{name}: {value}"]
    out = subprocess.run([*command, url], check=True, stdout=subprocess.PIPE, text=True, timeout=60 + seconds).stdout
    done = int(re.search(r"(\d+) succeeded", out)[1])
    failed = int(re.search(r"(\d+) failed", out)[1])
    good = int(re.search(r"status codes: (\d+) 2xx", out)[1])
    # Streams that the end cut off are neither.
    if failed or good < done or not done:
        raise RuntimeError(f"{url}: not every answer was 200:\n{out}")
    rate = float(re.search(r"finished in .*, ([\d.]+) req/s", out)[1])
    mean = latency(out, r"time for request: +\S+ +\S+ +([\d.]+)(us|ms|s) ")
    return done, rate, mean, float("nan")


def burst(load, envoy, seconds):
    before = envoy.cpu_seconds()
    drive = wrk if load.protocol == "HTTP/1.1" else h2load
    requests, rate, median, p99 = drive(load, envoy.url(load.path), seconds)
    return Sample(rate, (envoy.cpu_seconds() - before) * 1e6 / requests, median, p99)
