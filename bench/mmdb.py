"""Writes an MMDB (MaxMind DB 2.0) of countries from sorted ranges, for Envoy's geoip filter and ours alike."""

import struct

RECORD_BITS = 28


def prefixes(first, last, bits):
    """The fewest prefixes that make up a range, each as (address, length)."""
    while first <= last:
        size = first & -first if first else 1 << bits
        while size > last - first + 1:
            size >>= 1
        yield first, bits - size.bit_length() + 1
        first += size


class Tree:
    """A binary tree over 128 bits; children are numbers of nodes, or data as negative numbers, or None."""

    def __init__(self):
        self.left, self.right = [None], [None]

    def insert(self, address, length, datum):
        node, sides = 0, (self.left, self.right)
        for depth in range(length - 1):
            side = sides[address >> (127 - depth) & 1]
            below = side[node]
            if below is None:
                below = len(self.left)
                self.left.append(None)
                self.right.append(None)
                side[node] = below
            elif below < 0:
                return
            node = below
        side = sides[address >> (128 - length) & 1]
        if side[node] is None:
            side[node] = -1 - datum


def encoded(value):
    """A value of the data section: texts, maps, lists and unsigned numbers."""
    if isinstance(value, str):
        data = value.encode()
        return control(2, len(data)) + data
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(encoded(key) + encoded(item) for key, item in value.items())
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encoded, value))
    kind, number = value
    data = number.to_bytes(8, "big").lstrip(b"\0")
    return control({"u16": 5, "u32": 6, "u64": 9}[kind], len(data)) + data


def control(kind, size):
    """The control byte, the extended kind's byte, and one more byte of size where it takes that."""
    low = size if size < 29 else 29
    head = bytes([kind << 5 | low]) if kind < 8 else bytes([low, kind - 7])
    return head + (bytes([size - 29]) if size >= 29 else b"")


def database(v4, v6, built):
    """The file's bytes; ranges are (first, last, country), IPv4 addresses stand at ::/96."""
    tree, countries, data, offsets = Tree(), {}, bytearray(), []
    for ranges, bits in ((v4, 32), (v6, 128)):
        for first, last, country in ranges:
            if country not in countries:
                countries[country] = len(offsets)
                offsets.append(len(data))
                data += encoded({"country": {"iso_code": country}})
            for address, length in prefixes(first, last, bits):
                tree.insert(address, length + 128 - bits, countries[country])
    count = len(tree.left)

    def record(child):
        if child is None:
            return count
        return child if child >= 0 else count + 16 + offsets[-1 - child]

    nodes = bytearray()
    for left, right in zip(map(record, tree.left), map(record, tree.right)):
        middle = (left >> 24) << 4 | right >> 24
        nodes += struct.pack(">I", left)[1:] + bytes([middle]) + struct.pack(">I", right)[1:]
    metadata = encoded({
        "binary_format_major_version": ("u16", 2),
        "binary_format_minor_version": ("u16", 0),
        "build_epoch": ("u64", built),
        "database_type": "Bench-Country",
        "description": {"en": "Countries, for benchmarks"},
        "ip_version": ("u16", 6),
        "languages": ["en"],
        "node_count": ("u32", count),
        "record_size": ("u16", RECORD_BITS),
    })
    return bytes(nodes) + bytes(16) + bytes(data) + b"\xab\xcd\xefMaxMind.com" + metadata
