#!/usr/bin/env python3
"""Whether each link of the built site leads somewhere: check_links.py FOLDER. Other sites aren't asked."""

import html.parser
import os
import sys
from urllib.parse import unquote, urlsplit


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.anchors, self.links = set(), []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors.update(values[name] for name in ("id", "name") if values.get(name))
        self.links += [values[name] for name in ("href", "src") if values.get(name)]


def pages(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".html"):
                yield os.path.normpath(os.path.join(path, name))


def parsed(path):
    page = Page()
    with open(path, encoding="utf-8") as file:
        page.feed(file.read())
    return page


def main(folder):
    all_pages = {path: parsed(path) for path in pages(folder)}
    broken, followed = [], 0
    for path, page in all_pages.items():
        # What stands on the page of pages that aren't found is for any folder; the printed book joins all pages.
        if os.path.basename(path) in ("404.html", "print.html", "toc.html"):
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            followed += 1
            target = os.path.normpath(os.path.join(os.path.dirname(path), unquote(parts.path))) if parts.path else path
            fragment = unquote(parts.fragment)
            if not os.path.exists(target):
                broken.append(f"{path}: {link}: there is no such file")
            # The playground reads its own fragments.
            elif fragment and "=" not in fragment and target in all_pages and fragment not in all_pages[target].anchors:
                broken.append(f"{path}: {link}: the page has no such place")
    print(f"{len(all_pages)} pages, {followed} links", *broken, sep="\n", file=sys.stderr)
    sys.exit(bool(broken))


main(*sys.argv[1:])
