"""What a hundred instances of a function take of the machine's memory, each apart from the others.

Where a runtime gives every request an instance of its own, a hundred requests are held open in one process: each has sent half of its
body. Elsewhere an instance is a process: a hundred are started, or, of containers, ten, and counted ten times. Pages that processes
share are counted once (PSS).
"""

import contextlib
import re
import socket
import time

HUNDRED = 100
CONTAINERS = 10
HALF = b"POST /aggregate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 64\r\n\r\n[1,"


def of_requests(start, until_first_answer):
    """MiB of one process that serves each request in an instance of its own."""
    _, running, port = until_first_answer(start)
    with running, contextlib.ExitStack() as open_requests:
        for _ in range(HUNDRED):
            client = open_requests.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(HALF)
        time.sleep(2)
        running.ensure_alive()
        return sum(map(proportional_kib, running.processes())) / 1024


def of_processes(start, until_first_answer, containers):
    """MiB of a hundred that have answered once."""
    number = CONTAINERS if containers else HUNDRED
    with contextlib.ExitStack() as all_of_them:
        running = []
        for _ in range(number):
            _, one, _ = until_first_answer(start)
            running.append(all_of_them.enter_context(one))
        pids = [pid for one in running for pid in one.processes()]
        return sum(map(proportional_kib, pids)) / 1024 * HUNDRED / number


def proportional_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Pss: +([0-9]+) kB", file.read(), re.MULTILINE)[1])
