#!/usr/bin/env python3
"""Puts the site's pages together: assemble.py FOLDER writes what mdBook builds, from READMEs, docs/ and recipes/.

A README stays where it is and as it is; here it's taken apart by its sections, its links lead to pages of the site, and tables with
paragraphs in their cells become lists. What a link leads to that is no page is copied beside them, or left as text where it's a folder.
"""

import os
import shutil
import sys

import contents
from markdown import anchor, sections, with_links, with_paragraphs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ASSETS = ("chain.svg",)
COPIED = (".yaml", ".json", ".png", ".svg", ".yml")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.pages = {}  # page: (source, text)
        self.places = {}  # (source, anchor): page; (source, ""): the source's first page
        self.summary = ["# Summary", ""]

    def add(self, page, source, text, level=1):
        """A page of a source's text; its headings are known as the source's."""
        self.pages[page] = (source, text)
        self.places.setdefault((source, ""), page)
        for _, title, _ in sections(text):
            self.places.setdefault((source, anchor(title)), page)

    def entry(self, title, page, depth=0):
        self.summary.append(f"{'  ' * depth}- [{title}]({page})")

    def part(self, title):
        self.summary += ["", f"# {title}", ""]

    def whole(self, pages):
        """Pages of whole files, or of some of their sections of the second level."""
        for title, page, source, wanted in pages:
            text = read(source)
            self.add(page, source, text if wanted is None else some_sections(text, wanted, title))
            self.entry(title, page)

    def filter(self, name):
        source = f"crates/{name}/README.md"
        parts = {part: [] for part, _ in contents.PARTS}
        part = "overview"
        for level, title, lines in sections(read(source)):
            here = contents.part_of(name, level, title) if level > 1 else None
            # A section that leaves its parent takes nothing of it along; the next one of the parent's level goes on there.
            part = here or ("overview" if level == 1 else part)
            mark = "#" * (2 if here and level > 2 else level)
            parts[part] += [f"{mark} {title}"] * bool(level) + lines
        for part, title in contents.PARTS:
            page = f"{name}/{part}.md"
            heading = [] if part == "overview" else [f"# {name}: {title[0].lower()}{title[1:]}", ""]
            text = "\n".join(heading + parts[part]) + "\n"
            if part == "how-to":
                text += self.recipes_with(name)
            self.add(page, source, text)
            self.entry(name if part == "overview" else title, page, depth=int(part != "overview"))

    def recipes_with(self, name):
        made = [recipe for recipe in RECIPES if f"dist/{name}.wasm" in recipe.policy]
        lines = ["", "## Whole recipes", ""] if made else []
        return "\n".join(lines + [f"- [{recipe.goal}](../recipes/{recipe.name}.md)" for recipe in made]) + "\n"

    def recipe(self, recipe):
        page = f"recipes/{recipe.name}.md"
        self.add(page, f"recipes/{recipe.name}.yaml", recipe.page())
        self.entry(recipe.title(), page, depth=1)

    def target(self, source, page, link):
        """Where a link of a source's leads on a page of the site; None where it leads nowhere."""
        if "://" in link or link.startswith("mailto:"):
            return link
        # An item of a crate, in a README that is its documentation.
        if "::" in link or link.isidentifier():
            return None
        path, _, fragment = link.partition("#")
        # What is written for the site names its pages.
        if path and os.path.normpath(os.path.join(os.path.dirname(page), path)) in (*self.pages, *ASSETS):
            return link
        wanted = os.path.normpath(os.path.join(os.path.dirname(source), path)) if path else source
        if os.path.isdir(os.path.join(ROOT, wanted)):
            wanted = os.path.join(wanted, "README.md")
        found = self.places.get((wanted, fragment)) or self.places.get((wanted, ""))
        here = os.path.dirname(page)
        if found:
            is_known = not fragment or (wanted, fragment) in self.places
            if not is_known:
                sys.exit(f"{source}: {link}: {wanted} has no such heading")
            return os.path.relpath(found, here or ".") + (f"#{fragment}" if fragment else "")
        if os.path.isfile(os.path.join(ROOT, wanted)) and wanted.endswith(COPIED):
            copy = os.path.join("files", wanted)
            os.makedirs(os.path.join(self.folder, "src", os.path.dirname(copy)), exist_ok=True)
            shutil.copy(os.path.join(ROOT, wanted), os.path.join(self.folder, "src", copy))
            return os.path.relpath(copy, here or ".")
        if not os.path.exists(os.path.join(ROOT, wanted)) and not wanted.endswith("README.md"):
            sys.exit(f"{source}: {link}: there is no {wanted}")
        return None

    def write(self):
        for page, (source, text) in self.pages.items():
            text = with_links(text, lambda link: self.target(source, page, link))
            self.put(page, with_paragraphs(text))
        self.put("SUMMARY.md", "\n".join(self.summary) + "\n")

    def put(self, name, text):
        path = os.path.join(self.folder, "src", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def some_sections(text, wanted, title):
    """The sections of the second level that are wanted, with what is below them; "" is what stands before the first."""
    lines, current = [], ""
    for level, heading, body in sections(text):
        if level == 2:
            current = heading
        if current not in wanted:
            continue
        if level == 2 and heading == wanted[0]:
            lines += [f"# {title} {{#{anchor(heading)}}}"] + body
        else:
            lines += [f"{'#' * level} {heading}"] * bool(level) + body
    return "\n".join(lines) + "\n"


class Recipe:
    def __init__(self, name):
        self.name = name
        self.policy = read(f"recipes/{name}.yaml")
        self.cases = read(f"recipes/{name}.cases.yaml")
        head = [line.lstrip("#") for line in self.policy.splitlines() if line.startswith("#")]
        self.goal = head[0].replace("Goal:", "").strip()
        start = next(number for number, line in enumerate(head) if line.startswith(" Change:"))
        end = next(number for number, line in enumerate(head) if line.startswith(" Run:"))
        self.change = [line.replace(" Change:", "").strip() for line in head[start:end]]

    def title(self):
        words = [contents.SPELT.get(word, word) for word in self.name.split("-")]
        return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])

    def page(self):
        # Commands stand deeper, and go on where a line ends in a backslash; text and commands stay in their order.
        runs = []
        for line in self.change:
            goes_on = bool(runs) and runs[-1][0] and runs[-1][1][-1].endswith("\\")
            is_command = goes_on or line.startswith("edge-filters ")
            if not runs or runs[-1][0] != is_command:
                runs.append((is_command, []))
            runs[-1][1].append(f"  {line}" if goes_on else line)
        change = []
        for is_command, lines in runs:
            change += ["```text", *lines, "```", ""] if is_command else [" ".join(lines), ""]
        change[0] = change[0][0].upper() + change[0][1:]
        filters = [name for name in contents.FILTERS if f"dist/{name}.wasm" in self.policy]
        links = ", ".join(f"[{name}](../{name}/overview.md)" for name in filters)
        return "\n".join(
            [f"# {self.title()}", "", f"{self.goal}.", "", f"Filters: {links}.", ""]
            + ["```text", f"edge-filters init {self.name}", "```", ""]
            + [f"It writes the two files below. [Try it in the playground](../playground.md#recipe={self.name}).", ""]
            + ["## What to change", "", *change]
            + [f"## {self.name}.yaml", "", "```yaml", self.policy.rstrip(), "```", ""]
            + [f"## {self.name}.cases.yaml", "", "`edge-filters test` replays these.", ""]
            + ["```yaml", self.cases.rstrip(), "```", ""]
        )


def recipes():
    """In the command's order."""
    text = read("cli/src/recipes.rs")
    names = [line.strip().strip('"') for line in text[text.index("= recipes![") :].splitlines() if line.strip().startswith('"')]
    return [Recipe(name) for name in names]


def index_of_recipes():
    rows = [f"| [{recipe.title()}]({recipe.name}.md) | {recipe.goal} |" for recipe in RECIPES]
    return "\n".join(
        ["# Recipes", "", "Each is a whole `envoy.yaml` for a goal, with cases that show that it's met. A test runs `check --strict`,"]
        + ["the cases, and Envoy's own validation for each. `edge-filters init RECIPE` writes one.", ""]
        + ["| recipe | for |", "|---|---|", *rows, ""]
    )


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "src"))
    site = Site(folder)
    site.whole(contents.START)
    site.part("Recipes")
    site.add("recipes/index.md", "recipes/README.md", index_of_recipes())
    site.entry("By goal", "recipes/index.md")
    for recipe in RECIPES:
        site.recipe(recipe)
    site.part("The filters")
    for name in contents.FILTERS:
        site.filter(name)
    site.whole((("edge-suite: all five in one", "edge-suite.md", "crates/edge-suite/README.md", None),))
    for title, pages in (("The command", contents.COMMAND), ("Deploying", contents.DEPLOY), ("Running", contents.RUN)):
        site.part(title)
        site.whole(pages)
    site.part("The project")
    site.whole(contents.PROJECT)
    site.add("decisions/index.md", "docs/decisions/README.md", read("docs/decisions/README.md"))
    site.entry("Decisions", "decisions/index.md")
    for name in sorted(os.listdir(os.path.join(ROOT, "docs/decisions"))):
        if name != "README.md":
            text = read(f"docs/decisions/{name}")
            site.add(f"decisions/{name}", f"docs/decisions/{name}", text)
            site.entry(text.splitlines()[0].lstrip("# "), f"decisions/{name}", depth=1)
    site.write()
    for name in ASSETS:
        shutil.copy(os.path.join(ROOT, "site", name), os.path.join(folder, "src", name))
    for name in ("book.toml", "site.css"):
        shutil.copy(os.path.join(ROOT, "site", name), os.path.join(folder, name))


RECIPES = recipes()
if __name__ == "__main__":
    main(*sys.argv[1:])
