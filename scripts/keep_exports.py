#!/usr/bin/env python3
"""Copies a WebAssembly module without the exports that a Proxy-Wasm host need not see.

    keep_exports.py INPUT OUTPUT CALLBACK[,CALLBACK...]
    keep_exports.py --verify INPUT OPTIMISED CALLBACK[,CALLBACK...]

With --verify: whether OPTIMISED exports what such a copy of INPUT does, no more and no less.

Envoy calls every callback that a module exports, for every request, used or not; the SDK exports all of them. Only the
export section is rewritten: the code behind a dropped export goes when wasm-opt removes what nothing reaches.
"""

import sys

# What a host needs of every module: the ABI's version, memory, start-up, and a context's beginning and end.
ALWAYS = {
    "memory",
    "_initialize",
    "_start",
    "malloc",
    "proxy_on_memory_allocate",
    "proxy_on_vm_start",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
}
ABI_VERSION = "proxy_abi_version_"
PREAMBLE = b"\0asm\x01\0\0\0"
EXPORTS = 7


def read_number(data, at):
    """An unsigned LEB128 number at `at`, and where the next field begins."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def sections(module):
    """Each section as (id, content)."""
    at = len(PREAMBLE)
    while at < len(module):
        kind = module[at]
        length, start = read_number(module, at + 1)
        at = start + length
        yield kind, module[start:at]


def exports(content):
    """Each export as (name, its entry's bytes)."""
    count, at = read_number(content, 0)
    for _ in range(count):
        start = at
        length, at = read_number(content, at)
        name = content[at : at + length].decode()
        _, at = read_number(content, at + length + 1)
        yield name, content[start:at]


def is_kept(name, callbacks):
    return name in ALWAYS or name in callbacks or name.startswith(ABI_VERSION)


def trimmed(module, callbacks):
    out = bytearray(PREAMBLE)
    missing = set(callbacks)
    for kind, content in sections(module):
        if kind == EXPORTS:
            kept = [(name, entry) for name, entry in exports(content) if is_kept(name, callbacks)]
            missing -= {name for name, _ in kept}
            content = number(len(kept)) + b"".join(entry for _, entry in kept)
        out += bytes([kind]) + number(len(content)) + content
    if missing:
        sys.exit(f"the module exports no {', '.join(sorted(missing))}")
    return bytes(out)


def exported(module):
    return {name for kind, content in sections(module) if kind == EXPORTS for name, _ in exports(content)}


def verify(source, optimised, callbacks):
    expected = {name for name in exported(source) if is_kept(name, callbacks)}
    found = exported(optimised)
    if found != expected:
        sys.exit(f"expected the exports {sorted(expected)}, found {sorted(found)}")


def read(path):
    with open(path, "rb") as file:
        module = file.read()
    if not module.startswith(PREAMBLE):
        sys.exit(f"{path}: not a core WebAssembly module")
    return module


def main(source, target, callbacks, verifying):
    callbacks = set(callbacks.split(",")) - {"none"}
    if verifying:
        verify(read(source), read(target), callbacks)
        return
    module = trimmed(read(source), callbacks)
    with open(target, "wb") as file:
        file.write(module)


arguments = [argument for argument in sys.argv[1:] if argument != "--verify"]
main(*arguments, verifying="--verify" in sys.argv)
