"""Instructions of the libraries' hot paths."""

import instructions
from report import Section


def run(_):
    rows = instructions.counted()
    data = {f"{name}, {path}": count for name, path, count, _ in rows}
    notes = "The native libraries, built as the modules are (for size), without any proxy: host calls cost nothing here."
    return [Section("instructions", "Instructions per request", instructions.TABLE, [instructions.cells(row) for row in rows], data, notes)]
