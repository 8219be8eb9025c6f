"""Configuration updates under load: whether requests fail, and what memory they leave behind."""

import os
import re
import shutil
import subprocess
import time

import load as loads
import ours
import variants
from envoy import Envoy
from machine import MADE, program
from process import answer
from report import Section
from suites.memory import MIB, updated

UPDATES = 200
# Of the last updates, each finds a module of another file in the old one's place.
REPLACED = 10


class Clients:
    """Clients that connect anew for each request, until they're asked how many failed."""

    def __init__(self, envoy, load):
        path = os.path.join(MADE, "updates.lua")
        with open(path, "w") as file:
            file.write(loads.script(load) + 'wrk.headers["Connection"] = "close"\n')
        command = [program("wrk"), "-t1", "-c4", "-d3600s", "-s", path, envoy.url(load.path)]
        self.wrk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def stop(self):
        """(requests, those that failed)"""
        self.wrk.send_signal(2)
        out, _ = self.wrk.communicate(timeout=30)
        failed = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", out)))
        failed += sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", out)))
        return int(re.search(r"(\d+) requests in", out)[1]), failed


def memory(envoy):
    """MiB: resident, and what Envoy's allocator has given out."""
    _, body, _ = answer(f"http://127.0.0.1:{envoy.ports['admin']}/memory")
    return envoy.resident_bytes() / MIB, int(re.search(rb'"allocated": "(\d+)"', body)[1]) / MIB


def replaced(filters, module):
    """The same filters in a native module at another path."""
    for item in filters:
        config = item["typed_config"].get("dynamic_module_config")
        if config:
            config["module"]["local"]["filename"] = module
    return filters


def update(envoy, variant, filters, number):
    envoy.write_listeners(filters, number)
    begun = time.monotonic()
    while answer(envoy.url(variant.load.path), variant.load.probe())[2].get("x-version") != str(number):
        envoy.ensure_alive()
        if time.monotonic() - begun > 30:
            raise RuntimeError(f"{variant.name}: update {number} has no effect ({envoy.log})")
        time.sleep(0.01)


def measured(bench, variant):
    folder = os.path.join(bench.folder, f"envoy-{bench.next_number()}")
    module = os.path.join(folder, "libedge_filters.so")
    with Envoy(variant.name, folder, variant.filters, bench.nginx_port, 2, dynamic=True) as envoy:
        envoy.ready(variant.load.path, variant.load.probe())
        clients, seen = Clients(envoy, variant.load), []
        for number in range(2, UPDATES + 2):
            filters = updated(variant.filters, number)
            if number > UPDATES + 1 - REPLACED:
                shutil.copy(os.path.join(ours.ROOT, "dist", "libedge_filters.so"), module + ".new")
                os.replace(module + ".new", module)
                filters = replaced(filters, module)
            update(envoy, variant, filters, number)
            # What is replaced goes when its connections have ended.
            if number in (21, UPDATES + 1 - REPLACED, UPDATES + 1):
                time.sleep(3)
                seen.append(memory(envoy))
        requests, failed = clients.stop()
    return requests, failed, seen


def run(bench):
    filters, load = variants.Filters(), variants.browser("/direct")
    chosen = [each for each in variants.chains(filters, load, lua=False, floors=False) if each.name in ("none", "edge-suite", f"edge-suite, {variants.NATIVELY}")]
    rows, data = [], {}
    for variant in chosen:
        requests, failed, seen = measured(bench, variant)
        data[variant.name] = {"requests": requests, "failed": failed, "mib": seen}
        rows.append((variant.name, f"{requests:,}", str(failed), *(f"{resident:.1f} / {allocated:.1f} MiB" for resident, allocated in seen)))
    head = ("variant", "requests", "failed", "after 20 updates", f"after {UPDATES - REPLACED}", f"after {UPDATES}")
    notes = f"Memory: resident / allocated, by Envoy's own account. The last {REPLACED} updates of the native module come with another file in its place each, of which none is ever unloaded."
    return [Section("updates", "Configuration updates under load", head, rows, data, notes)]
