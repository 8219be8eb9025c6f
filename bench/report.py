"""The results, as Markdown to read and JSON to compute with."""

import dataclasses
import json
import os
import statistics

from rounds import ratios


@dataclasses.dataclass
class Section:
    """One table: its rows as texts, and the same as data."""

    name: str
    title: str
    head: tuple
    rows: list
    data: dict
    notes: str = ""


def compared(name, title, results, notes=""):
    """The table of variants measured in turn; see README.md for how to read it."""
    head = ("variant", "CPU per request", "spread", "adds", "requests/s", "median", "p99", "against", "ratio (spread)")
    rows, data = [], {}
    base = results.get("none")
    for variant in results.values():
        cpu, (least, most) = variant.median("cpu"), variant.spread("cpu")
        adds = f"{cpu - base.median('cpu'):+.1f} µs" if base and variant is not base else ""
        rival = results.get(variant.against) if variant.against != variant.name else None
        shares = ratios(variant, rival) if rival else []
        rows.append((
            variant.name, f"{cpu:.1f} µs", f"{least:.1f} to {most:.1f}", adds, f"{variant.median('rate'):,.0f}",
            f"{variant.median('median'):,.0f} µs", f"{variant.median('p99'):,.0f} µs",
            variant.against if rival else "", ratio_text(shares) if rival else "",
        ))
        data[variant.name] = {
            "against": variant.against if rival else None,
            "ratios": shares,
            "rate_ratios": ratios(variant, rival, "rate") if rival else [],
            "workers": variant.workers,
            "samples": [dataclasses.asdict(sample) for sample in variant.samples],
        }
    return Section(name, title, head, rows, data, notes)


def ratio_text(shares):
    return f"{statistics.median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})"


def markdown(section):
    lines = [f"## {section.title}", ""]
    if section.notes:
        lines += [section.notes, ""]
    lines.append("| " + " | ".join(section.head) + " |")
    lines.append("|---" + "|--:" * (len(section.head) - 1) + "|")
    lines += ["| " + " | ".join(row) + " |" for row in section.rows]
    return "\n".join(lines) + "\n"


def text(sections):
    """For a terminal: columns by spaces."""
    out = []
    for section in sections:
        lines = [section.head, *section.rows]
        widths = [max(len(row[column]) for row in lines) for column in range(len(section.head))]
        out += ["", section.title]
        for row in lines:
            cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
            out.append("  ".join(cells).rstrip())
    return "\n".join(out)


def write(folder, description, sections):
    """Everything so far: a run that is cut off leaves what it had."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump({"machine": description, "sections": {s.name: {"title": s.title, "data": s.data} for s in sections}}, file, indent=1)
    told = ", ".join(f"{name} {value}" for name, value in description.items())
    with open(os.path.join(folder, "results.md"), "w") as file:
        file.write(f"# Results\n\nMeasured on: {told}.\n\n" + "\n".join(map(markdown, sections)))
