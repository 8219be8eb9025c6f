"""Plots as SVG, readable on light and dark pages: lines over a quantity that grows, and bars of medians with their spread."""

import dataclasses
import math
from html import escape

# Told apart by most eyes, on white and on black.
COLOURS = ("#3b82c4", "#d9822b", "#3f9d5a", "#c4504e", "#8b6fc0", "#8c7a3d", "#c76fa5", "#5f9ea0")
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #24292f; } .title { font-size: 14px; font-weight: 600; }
.axis { stroke: #57606a; } .grid { stroke: #57606a; stroke-opacity: .2; }
@media (prefers-color-scheme: dark) { text { fill: #d0d7de; } .axis, .grid { stroke: #9aa4ae; } }
</style>"""
WIDTH, LEFT, RIGHT, TOP = 760, 64, 190, 40


@dataclasses.dataclass
class Lines:
    """A series per name: points of (x, median, least, most)."""

    name: str
    title: str
    x: str
    y: str
    series: dict
    # By doubling rather than by adding.
    logarithmic: bool = True


@dataclasses.dataclass
class Bars:
    """A bar per name: (median, least, most)."""

    name: str
    title: str
    unit: str
    bars: dict


def frame(height, title, parts):
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
    return "\n".join([head, f"<title>{escape(title)}</title>", STYLE, text(LEFT, 20, title, "start", "title"), *parts, "</svg>"]) + "\n"


def text(x, y, words, anchor="start", kind=""):
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{marked}>{escape(str(words))}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def round_up(value):
    """The next of 1, 2, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value * 0.999)


def short(number):
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:g}"


def lines(plot):
    height, bottom = 360, 312
    points = [point for series in plot.series.values() for point in series]
    xs = sorted({point[0] for point in points})
    step = round_up(max(point[3] for point in points) / 4)
    top = step * math.ceil(max(point[3] for point in points) / step)
    scale = (lambda x: math.log2(x + 1)) if plot.logarithmic else (lambda x: x)
    low, high = scale(xs[0]), scale(xs[-1])

    def at(x, y):
        across = (scale(x) - low) / (high - low or 1)
        return LEFT + across * (WIDTH - LEFT - RIGHT), bottom - y / top * (bottom - TOP)

    parts = []
    for tick in range(round(top / step) + 1):
        _, y = at(xs[0], tick * step)
        parts += [line(LEFT, y, WIDTH - RIGHT, y, "grid"), text(LEFT - 6, y + 4, short(tick * step), "end")]
    for x in xs:
        parts.append(text(at(x, 0)[0], bottom + 18, short(x), "middle"))
    parts += [line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis"), text((LEFT + WIDTH - RIGHT) / 2, bottom + 38, plot.x, "middle")]
    parts.append(text(LEFT, TOP - 4, plot.y))
    for number, (name, series) in enumerate(plot.series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(point[0], point[1]) for point in series))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y, least, most in series:
            (across, down), (_, up), (_, under) = at(x, y), at(x, most), at(x, least)
            parts.append(f'<line x1="{across:.1f}" x2="{across:.1f}" y1="{up:.1f}" y2="{under:.1f}" stroke="{colour}"/>')
            parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>')
        parts += legend(WIDTH - RIGHT + 14, TOP + 12 + 20 * number, name, colour)
    return frame(height, plot.title, parts)


def legend(x, y, name, colour):
    return [f'<rect x="{x}" y="{y - 9}" width="12" height="10" fill="{colour}"/>', text(x + 18, y, name)]


def bars(plot):
    left, right, row = 300, 70, 24
    height = TOP + row * len(plot.bars) + 16
    top = max(most for _, _, most in plot.bars.values())
    parts = []

    def at(value):
        return left + max(value, 0) / top * (WIDTH - left - right)

    for number, (name, (median, least, most)) in enumerate(plot.bars.items()):
        y = TOP + row * number
        parts += [text(left - 8, y + 14, name, "end")]
        parts.append(f'<rect x="{left}" y="{y + 3}" width="{at(median) - left:.1f}" height="{row - 8}" fill="{COLOURS[0]}"/>')
        parts.append(line(at(least), y + row / 2 - 1, at(most), y + row / 2 - 1, "axis"))
        parts.append(text(at(most) + 6, y + 14, f"{median:.1f} {plot.unit}"))
    return frame(height, plot.title, parts)


def drawn(plot):
    return lines(plot) if isinstance(plot, Lines) else bars(plot)
