"""A copy of Envoy whose V8 tells perf which code belongs to which function.

V8 does that by a flag, and Envoy has no way to set one. The flag's default lies in the program's data: in V8's table of flags,
where the flag's name stands beside the address of its value, both filled in as the program is loaded, by relocations.
"""

import os
import shutil
import struct

FLAG = b"\0perf_basic_prof\0"
LOAD, DYNAMIC = 1, 2
RELA, RELA_SIZE = 7, 8
RELATIVE = 8


class Program:
    """An ELF file for 64-bit little-endian machines, as far as this needs it."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        headers, count = struct.unpack_from("<Q", self.data, 32)[0], struct.unpack_from("<H", self.data, 56)[0]
        fields = [struct.unpack_from("<IIQQQQ", self.data, headers + 56 * number) for number in range(count)]
        self.segments = [(offset, address, size) for kind, _, offset, address, _, size in fields if kind == LOAD]
        self.dynamic = [(offset, size) for kind, _, offset, _, _, size in fields if kind == DYNAMIC]

    def offset(self, address):
        return next(start + address - at for start, at, size in self.segments if at <= address < at + size)

    def address(self, offset):
        return next(at + offset - start for start, at, size in self.segments if start <= offset < start + size)

    def relocations(self):
        """What the loader writes: by address, another address."""
        offset, size = self.dynamic[0]
        table = dict(struct.iter_unpack("<QQ", self.data[offset : offset + size]))
        start = self.offset(table[RELA])
        entries = struct.iter_unpack("<QQq", self.data[start : start + table[RELA_SIZE]])
        return {at: to for at, kind, to in entries if kind & 0xFFFFFFFF == RELATIVE}


def copied(program, path):
    """The copy, made unless it's there."""
    if os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(program):
        return path
    elf = Program(program)
    name = elf.address(elf.data.index(FLAG) + 1)
    written = elf.relocations()
    entry = next(at for at, to in written.items() if to == name)
    value = elf.offset(written[entry + 8])
    if elf.data[value] != 0:
        raise RuntimeError("this Envoy's V8 keeps its flags otherwise")
    shutil.copy(program, path + ".new")
    with open(path + ".new", "r+b") as file:
        file.seek(value)
        file.write(b"\1")
    os.replace(path + ".new", path)
    return path
