"""Markdown, as far as the site's pages need it: sections, anchors, links, tables."""

import re
from itertools import groupby

FENCE = re.compile(r"^(```|~~~)")
HEADING = re.compile(r"^(#{1,6}) (.*)$")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
# What a cell may hold in a line; a longer one is a paragraph, and gets one.
LONGEST_CELL = 90


def anchor(title):
    """A heading's anchor, as mdBook and code hosts make it, or the one that it names itself."""
    own = re.search(r"\{#([^}]+)\}$", title)
    if own:
        return own[1]
    text = re.sub(r"[`*]", "", LINK.sub(r"\2", title)).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def outside_fences(text):
    """Lines, each with whether it stands outside of blocks of code."""
    inside = False
    for line in text.splitlines():
        fence = FENCE.match(line)
        yield line, not inside and not fence
        inside ^= bool(fence)


def sections(text):
    """The text in pieces: (level, title, lines); the first piece, before any heading, has level 0."""
    pieces = [(0, "", [])]
    for line, is_text in outside_fences(text):
        heading = HEADING.match(line) if is_text else None
        if heading:
            pieces.append((len(heading[1]), heading[2], []))
        else:
            pieces[-1][2].append(line)
    return pieces


def with_links(text, target_of):
    """The text with each link's target replaced; a link without one becomes its text."""

    def replaced(match):
        target = target_of(match[3])
        if target is None:
            return match[2]
        return f"{match[1]}[{match[2]}]({target})"

    # A link may go on in the next line.
    runs = [[kind, "\n".join(line for line, _ in run)] for kind, run in groupby(outside_fences(text), key=lambda item: item[1])]
    return "\n".join(LINK.sub(replaced, run) if is_text else run for is_text, run in runs) + "\n"


def cells(row):
    """The cells of a table's row."""
    inner = row.strip().removeprefix("|").removesuffix("|").replace("\\|", "\0")
    return [cell.strip().replace("\0", "\\|") for cell in inner.split("|")]


def shown_length(cell):
    return len(re.sub(r"[`*]", "", LINK.sub(r"\2", cell)))


def with_paragraphs(text):
    """The text with tables of long cells as lists of definitions."""
    lines, table = [], []
    for line, is_text in [*outside_fences(text), ("", True)]:
        if is_text and line.startswith("|"):
            table.append(line)
            continue
        if table:
            lines += definitions(table) if is_long(table) else table
            table = []
        lines.append(line)
    return "\n".join(lines).rstrip("\n") + "\n"


def is_long(table):
    return len(table) > 2 and any(shown_length(cell) > LONGEST_CELL for row in table[2:] for cell in cells(row))


def definitions(table):
    """A row's first cell is the term, the last one what it means; those between are said in a line."""
    heads = cells(table[0])
    lines = []
    for row in table[2:]:
        values = cells(row)
        term, between, meaning = values[0], values[1:-1], values[-1]
        facts = [fact(head, value) for head, value in zip(heads[1:-1], between) if value]
        # A table without a head over its first column compares: its last column has a name, too.
        named = f"*{heads[-1]}* " if not heads[0] and len(heads) > 2 else ""
        lines += ["", (term or "…").replace("\\|", "|")]
        lines += [f": {' · '.join(facts)}\\"] * bool(facts)
        lines.append(("  " if facts else ": ") + named + (meaning or "–").replace("\\|", "|"))
    return lines + [""]


def fact(head, value):
    value = value.replace("\\|", "|")
    return value if head in ("type", "") or value.strip("*") == "required" else f"*{head}* {value}"
