#!/usr/bin/env python3
"""What is in a module: the bytes of its functions by the crate that they come from, by the names that rustc gave them.

    attribution.py MODULE.wasm...     modules with their name section
"""

import collections
import re
import sys

CUSTOM, IMPORT, CODE, DATA = 0, 2, 10, 11
FUNCTION, TABLE, GLOBAL = 0, 1, 3
FUNCTION_NAMES = 1
NO_CRATE = "C library, entry points"


class Reader:
    """A cursor over a module's bytes."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def take(self, length):
        self.at += length
        return self.data[self.at - length : self.at]

    def text(self):
        return self.take(self.number()).decode(errors="replace")


def sections(module):
    reader = Reader(module, 8)
    while reader.at < len(module):
        kind = reader.byte()
        yield kind, reader.take(reader.number())


def imported_functions(content):
    """How many imports are functions: they come first in the numbering."""
    reader, functions = Reader(content), 0
    for _ in range(reader.number()):
        reader.text(), reader.text()
        kind = reader.byte()
        if kind == FUNCTION:
            functions += 1
            reader.number()
        elif kind == GLOBAL:
            reader.take(2)
        else:
            if kind == TABLE:
                reader.byte()
            # Limits: flags, the least, and the most where there is one.
            for _ in range(1 + (reader.number() & 1)):
                reader.number()
    return functions


def function_names(content):
    """Names by number, if this custom section is the one with names."""
    reader, names = Reader(content), {}
    if reader.text() != "name":
        return names
    while reader.at < len(content):
        kind, length = reader.byte(), reader.number()
        part = Reader(reader.take(length))
        if kind == FUNCTION_NAMES:
            for _ in range(part.number()):
                number = part.number()
                names[number] = part.text()
    return names


def crate_of(symbol):
    """`_ZN8jwt_auth3jws…`, `_ZN66_$LT$jwt_auth..Token$u20$as$u20$core..fmt..Debug$GT$…`, `_RNvNtCs1234_8jwt_auth3jws…`."""
    found = re.match(r"_R.*?C(?:s[0-9A-Za-z]*_)?(\d+)_?", symbol)
    if found:
        return symbol[found.end() : found.end() + int(found[1])]
    found = re.match(r"_ZN(\d+)", symbol)
    if not found:
        return NO_CRATE
    first = symbol[found.end() : found.end() + int(found[1])]
    if "$" not in first:
        return first
    # A type's own crate, or the trait's where the type is a reference, a slice, a parameter.
    path = re.search(r"([a-z_][a-z0-9_]*)::", re.sub(r"\$[A-Za-z0-9]+\$", " ", first).replace("..", "::"))
    return path[1].lstrip("_") if path else "core"


def attributed(module):
    """Bytes by crate; texts and tables, and what holds the module together, apart."""
    bodies, names, imports = [], {}, 0
    sizes = collections.Counter()
    for kind, content in sections(module):
        if kind == CODE:
            reader = Reader(content)
            for _ in range(reader.number()):
                start = reader.at
                reader.take(reader.number())
                bodies.append(reader.at - start)
        elif kind == CUSTOM:
            names.update(function_names(content))
        else:
            imports = imported_functions(content) if kind == IMPORT else imports
            sizes["data" if kind == DATA else "types, tables, exports"] += len(content)
    for number, size in enumerate(bodies):
        sizes[crate_of(names.get(imports + number, ""))] += size
    return sizes


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            sizes = attributed(file.read())
        print(path)
        for name, size in sizes.most_common():
            print(f"{size:9}  {name}")


if __name__ == "__main__":
    main()
