"""A process of ours: its CPU time, its memory, its end."""

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request

from machine import ROOT, say

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """Starts a program and ends it with the block."""

    def __init__(self, command, log=None, **options):
        self.command = command
        output = open(log, "wb") if log else subprocess.DEVNULL
        options.setdefault("stdout", output)
        self.child = subprocess.Popen(command, cwd=ROOT, stderr=output, stdin=subprocess.DEVNULL, **options)
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def cpu_seconds(self):
        """User and system time so far: by the scheduler's nanoseconds where the kernel keeps them, else in ticks."""
        folder = f"/proc/{self.child.pid}/task"
        try:
            return sum(nanoseconds(f"{folder}/{task}/schedstat") for task in os.listdir(folder)) / 1e9
        except OSError:
            return cpu_seconds_by_ticks(self.child.pid)

    def resident_bytes(self):
        return memory_kib(self.child.pid, "VmRSS") * 1024

    def ensure_alive(self):
        status = self.child.poll()
        if status is not None:
            tail = ""
            if self.log:
                with open(self.log, errors="replace") as file:
                    tail = "".join(file.readlines()[-15:])
            raise RuntimeError(f"{self.command[0]} has ended with {status}\n{tail}")

    def wait_for(self, url, headers=None, seconds=90, pause=0.02):
        """The first answer that isn't an error of ours or the proxy's; how long it took is the caller's to know."""
        end = time.monotonic() + seconds
        seen = "no answer"
        while time.monotonic() < end:
            self.ensure_alive()
            status, seen, _ = answer(url, headers)
            if status and status < 500:
                return status, seen
            time.sleep(pause)
        say(f"last answer of {url}: {status} {seen[:300]!r}")
        raise RuntimeError(f"{url} does not answer in {seconds} s")


def cpu_seconds_by_ticks(pid):
    """User and system time so far, its ended threads' too."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kib(pid, field):
    """VmRSS: what is resident now; VmHWM: the most that ever was."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field))


def nanoseconds(path):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(path) as file:
        return int(file.read().split()[0])
    if not os.path.exists("/proc/self/schedstat"):
        raise OSError("the kernel keeps no schedstat")
    return 0


def answer(url, headers=None):
    """(status, body, headers) of a GET; (None, reason, {}) where no answer came."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=3) as reply:
            return reply.status, reply.read(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers
    except OSError as error:
        return None, str(error).encode(), {}
