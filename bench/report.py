"""The results, as Markdown to read, JSON to compute with, and plots."""

import dataclasses
import json
import os
import statistics

import plot
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
    plots: list = dataclasses.field(default_factory=list)


HEAD = ("variant", "CPU per request", "spread", "adds", "requests/s", "median", "p99", "against", "ratio (spread)")


def compared(name, title, results, notes=""):
    """The table of variants measured in turn; see README.md for how to read it."""
    base = next(iter(results.values()))
    rows = [row(variant, base, results.get(variant.against)) for variant in results.values()]
    data = {variant.name: figures(variant, results.get(variant.against)) for variant in results.values()}
    drawn = {each.name: (each.median("cpu"), *each.spread("cpu")) for each in results.values()}
    bars = plot.Bars(slug(name), f"{title}: µs of Envoy's CPU per request", "µs", drawn)
    return Section(name, title, HEAD, rows, data, notes, [bars])


def row(variant, base, rival):
    cpu, (least, most) = variant.median("cpu"), variant.spread("cpu")
    adds = f"{cpu - base.median('cpu'):+.1f} µs" if variant is not base and base.name.startswith("none") else ""
    rival = None if rival is variant else rival
    return (
        variant.name, f"{cpu:.1f} µs", f"{least:.1f} to {most:.1f}", adds, f"{variant.median('rate'):,.0f}",
        microseconds(variant.median("median")), microseconds(variant.median("p99")),
        variant.against if rival else "", spread_of(ratios(variant, rival)) if rival else "",
    )


def figures(variant, rival):
    rival = None if rival is variant else rival
    return {
        "against": variant.against if rival else None,
        "ratios": ratios(variant, rival) if rival else [],
        "rate_ratios": ratios(variant, rival, "rate") if rival else [],
        "workers": variant.workers,
        "samples": [{key: None if value != value else value for key, value in dataclasses.asdict(sample).items()} for sample in variant.samples],
    }


def microseconds(value):
    return "" if value != value else f"{value:,.0f} µs"


def spread_of(values, digits=2):
    """The median, and from where to where the rounds went."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def slug(name):
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


def markdown(section):
    lines = [f"## {section.title}", ""]
    if section.notes:
        lines += [section.notes, ""]
    lines.append("| " + " | ".join(section.head) + " |")
    lines.append("|---" + "|--:" * (len(section.head) - 1) + "|")
    lines += ["| " + " | ".join(cells) + " |" for cells in section.rows]
    for each in section.plots:
        lines += ["", f"![{each.title}]({each.name}.svg)"]
    return "\n".join(lines) + "\n"


def text(sections):
    """For a terminal: columns by spaces."""
    out = []
    for section in sections:
        lines = [section.head, *section.rows]
        widths = [max(len(cells[column]) for cells in lines) for column in range(len(section.head))]
        out += ["", section.title]
        for line in lines:
            cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
            out.append("  ".join(cells).rstrip())
    return "\n".join(out)


def write(folder, description, sections):
    """Everything so far: a run that is cut off leaves what it had."""
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        if old.endswith(".svg"):
            os.remove(os.path.join(folder, old))
    for section in sections:
        for each in section.plots:
            with open(os.path.join(folder, f"{each.name}.svg"), "w") as file:
                file.write(plot.drawn(each))
    document = {"machine": description, "sections": {each.name: {"title": each.title, "data": each.data} for each in sections}}
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    told = "; ".join(f"{name} {value}" for name, value in description.items())
    with open(os.path.join(folder, "results.md"), "w") as file:
        file.write(f"# Results\n\nMeasured on: {told}.\n\n" + "\n".join(map(markdown, sections)))


MARKS = ("<!-- what follows is written by make bench -->", "<!-- until here -->")


def into_readme(sections):
    """The targets, into this folder's README, between two marks."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "README.md")
    with open(path) as file:
        before, mark, rest = file.read().partition(MARKS[0])
    _, until, after = rest.partition(MARKS[1])
    if not mark or not until:
        return
    lines = "\n".join(line for section in sections for line in markdown(section).splitlines()[2:])
    with open(path, "w") as file:
        file.write(f"{before}{mark}\n\n{lines}\n\n{until}{after}")
