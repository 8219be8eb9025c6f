"""One Envoy: a plain process with the filters of one variant."""

import json
import os
import time

from bootstrap import bootstrap, listeners_file
from machine import envoy_program, free_port
from process import Process, answer


class Envoy(Process):
    """Starts at once; `ready` waits until it serves. With `dynamic` its listener comes from a file that it watches."""

    def __init__(self, name, folder, filters, nginx_port, workers=1, dynamic=False):
        self.name = name
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.ports = {"edge": free_port(), "admin": free_port(), "nginx": nginx_port}
        self.listeners = os.path.join(folder, "listeners.json") if dynamic else None
        if dynamic:
            self.write_listeners(filters, 1)
        path = os.path.join(folder, "envoy.json")
        with open(path, "w") as file:
            json.dump(bootstrap(self.ports, filters, self.listeners), file)
        command = [envoy_program_once(), "-c", path, "--concurrency", str(workers), "--disable-hot-restart"]
        self.started = time.monotonic()
        super().__init__([*command, "-l", "warning", "--drain-time-s", "1"], log=os.path.join(folder, "envoy.log"))

    def url(self, path):
        return f"http://127.0.0.1:{self.ports['edge']}{path}"

    def ready(self, path, headers):
        """Waits for a 200; returns the seconds since the start."""
        deadline = self.started + 90
        while True:
            self.ensure_alive()
            status, body, _ = answer(self.url(path), headers)
            if status == 200:
                return time.monotonic() - self.started
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name}: {path} answers {status} {body[:300]!r}; see {self.log}")
            time.sleep(0.01)

    def statistics(self):
        _, text, _ = answer(f"http://127.0.0.1:{self.ports['admin']}/stats")
        return dict(line.split(": ", 1) for line in text.decode().splitlines() if ": " in line)

    def write_listeners(self, filters, version):
        """Envoy looks for files moved into place."""
        new = self.listeners + ".new"
        with open(new, "w") as file:
            json.dump(listeners_file(self.ports["edge"], filters, version), file)
        os.replace(new, self.listeners)


PROGRAM = []


def envoy_program_once():
    if not PROGRAM:
        PROGRAM.append(envoy_program())
    return PROGRAM[0]
