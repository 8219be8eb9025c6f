"""Modules that make the host calls of one of ours, with the same arguments, and do nothing else: what is left of a filter's
cost when its own code costs nothing. No module that does this work through Envoy's ABI can be faster.

The calls are recorded from the shipped module (guest.mjs), and written as WebAssembly text.
"""

import functools
import os
import subprocess

from machine import MADE, ROOT, say, script

# The parameters of host calls: i an i32, l an i64, b bytes (address and length), o where the host writes.
SHAPES = {
    "proxy_get_header_map_pairs": "ioo",
    "proxy_replace_header_map_value": "ibb",
    "proxy_add_header_map_value": "ibb",
    "proxy_remove_header_map_value": "ib",
    "proxy_get_property": "boo",
    "proxy_set_property": "bb",
    "proxy_get_shared_data": "booo",
    "proxy_set_shared_data": "bbi",
    "proxy_get_current_time_nanoseconds": "o",
    "proxy_define_metric": "ibo",
    "proxy_increment_metric": "il",
    "proxy_call_foreign_function": "bboo",
}
WASM_TYPES = {"i": "i32", "o": "i32", "l": "i64", "b": "i32 i32"}
# What callbacks get and give back, of those that ours export.
CALLBACKS = {
    "proxy_on_context_create": ("i32 i32", ""),
    "proxy_on_delete": ("i32", ""),
    "proxy_on_vm_start": ("i32 i32", "i32"),
    "proxy_on_configure": ("i32 i32", "i32"),
    "proxy_on_request_headers": ("i32 i32 i32", "i32"),
    "proxy_on_request_body": ("i32 i32 i32", "i32"),
    "proxy_on_request_trailers": ("i32 i32", "i32"),
    "proxy_on_response_headers": ("i32 i32 i32", "i32"),
    "proxy_on_response_body": ("i32 i32 i32", "i32"),
    "proxy_on_response_trailers": ("i32 i32", "i32"),
}
TRUE = {"proxy_on_vm_start", "proxy_on_configure"}
# Where the host writes; the version of shared data; counters' numbers, four bytes each; texts. What the host hands over
# goes into a ring of 64 KiB behind all that.
OUT, VERSION, COUNTERS, TEXTS, RING = 0, 16, 64, 4096, 65536


class Texts:
    """The bytes that calls name, each once, by their address."""

    def __init__(self):
        self.places, self.data = {}, b""

    def place(self, text):
        if text not in self.places:
            self.places[text] = TEXTS + len(self.data)
            self.data += text.encode("latin1")
        return self.places[text], len(text)


def call(name, values, texts, counters):
    """A host call with these arguments."""
    values, out, given = list(values), OUT, []
    for kind in SHAPES[name]:
        if kind == "o":
            # The third that shared data writes is its version.
            given.append(f"(i32.const {VERSION if out == 8 else out})")
            out += 4
        elif kind == "b":
            given += [f"(i32.const {number})" for number in texts.place(values.pop(0))]
        elif name == "proxy_increment_metric" and kind == "i":
            given.append(f"(i32.load (i32.const {COUNTERS + 4 * list(counters).index(str(values.pop(0)))}))")
        elif name == "proxy_set_shared_data":
            given.append(f"(i32.load (i32.const {VERSION}))")
        else:
            given.append(f"({WASM_TYPES[kind]}.const {values.pop(0)})")
    return f"(drop (call ${name} {' '.join(given)}))"


def definition(number, counter, texts):
    """Defines a counter: the kind 0."""
    place, length = texts.place(counter)
    given = (0, place, length, COUNTERS + 4 * number)
    return f"(drop (call $proxy_define_metric {' '.join(f'(i32.const {value})' for value in given)}))"


def text(traced, counters, callbacks):
    """The module. `traced` are the callbacks of one exchange with their calls, `callbacks` the names it exports."""
    texts = Texts()
    bodies = {each["name"]: [call(name, values, texts, counters) for name, *values in each["calls"]] for each in traced}
    bodies["proxy_on_configure"] = [definition(number, name, texts) for number, name in enumerate(counters.values())]
    lines = ["(module"]
    for name, shape in SHAPES.items():
        lines.append(f'(import "env" "{name}" (func ${name} (param {" ".join(WASM_TYPES[kind] for kind in shape)}) (result i32)))')
    data = "".join(f"\\{byte:02x}" for byte in texts.data)
    lines += ['(memory (export "memory") 3)', f'(data (i32.const {TEXTS}) "{data}")', f"(global $next (mut i32) (i32.const {RING}))"]
    # A body of up to the ring's size: it's all that the host ever hands over here.
    lines.append(f"""(func (export "proxy_on_memory_allocate") (param $size i32) (result i32) (local $at i32)
        (if (i32.gt_u (i32.add (global.get $next) (local.get $size)) (i32.const {2 * RING})) (then (global.set $next (i32.const {RING}))))
        (local.set $at (global.get $next))
        (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get $size)) (i32.const 15)) (i32.const -16)))
        (local.get $at))""")
    lines += ['(func (export "proxy_abi_version_0_2_1"))', '(func (export "_initialize"))']
    for name, (parameters, result) in CALLBACKS.items():
        if name not in ("proxy_on_context_create", "proxy_on_delete", *TRUE, *callbacks):
            continue
        given = f"(result {result}) " if result else ""
        last = [f"(i32.const {int(name in TRUE)})"] if result else []
        lines.append(f'(func (export "{name}") (param {parameters}) {given}{" ".join([*bodies.get(name, []), *last])})')
    return "\n".join([*lines, ")"])


def exported():
    """The callbacks that each module exports, by the filter's name."""
    out = subprocess.run(["python3", os.path.join(ROOT, "scripts", "filters.py")], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = (line.split("\t") for line in out.splitlines())
    return {name: callbacks.split(",") for name, _package, _module, callbacks, *_ in rows}


@functools.cache
def build():
    """One for each of our modules, made once per run; the folder that they're in."""
    import guest

    folder = os.path.join(MADE, "host-calls")
    os.makedirs(folder, exist_ok=True)
    assembler = os.path.join(os.path.dirname(script("wasm-opt.sh")), "wasm-as")
    callbacks = exported()
    say("bench: recording the modules' host calls")
    # Without its memory of tokens, jwt-auth has each one verified.
    forgetful = {**guest.documents()["jwt-auth"], "cache_entries": 0}
    recorded = [(name, "", document, "RS256") for name, document in guest.documents().items()]
    recorded += [("jwt-auth", f"-{algorithm}", forgetful, algorithm) for algorithm in ("RS256", "ES256")]
    for name, kind, document, algorithm in recorded:
        module = os.path.join(ROOT, "dist", f"{name}.wasm")
        if not os.path.exists(module):
            continue
        found = guest.measured(module, document, algorithm)
        path = os.path.join(folder, f"{name}{kind}.wat")
        with open(path, "w") as file:
            file.write(text(found["traced"], found["counters"], callbacks[name]))
        subprocess.run([assembler, path, "-o", os.path.join(folder, f"{name}{kind}.wasm")], check=True)
    return folder
