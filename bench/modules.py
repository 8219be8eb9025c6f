"""The modules that are built for comparison only, into target/bench.

    empty     no filter at all: the SDK's bare context, with the callbacks of request and response headers
    exporting the same module with every callback that the SDK exports
    passive   our adapter with a filter that does nothing: what ours pay for their way of working
"""

import os
import subprocess

from machine import MADE, ROOT, say, script

# As all modules are built.
CARGO = os.path.join(ROOT, "scripts", "cargo-wasm.sh")
HEADERS = "proxy_on_request_headers,proxy_on_response_headers"
KINDS = {"empty": ("empty", HEADERS), "exporting": ("empty", None), "passive": ("passive", HEADERS)}


def build():
    """Builds what isn't there, or not of these sources."""
    say("bench: building the empty modules")
    environment = {**os.environ, "CARGO_TERM_PROGRESS_WHEN": "never"}
    command = [CARGO, "build", "--quiet", "--release", "-p", "bench-empty", "-p", "bench-passive"]
    subprocess.run(command, cwd=ROOT, check=True, env=environment)
    os.makedirs(MADE, exist_ok=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    optimiser = script("wasm-opt.sh")
    for kind, (package, callbacks) in KINDS.items():
        built = os.path.join(target, "wasm32-wasip1", "release", f"bench_{package}.wasm")
        optimise(optimiser, built, os.path.join(MADE, f"{kind}.wasm"), callbacks)


def optimise(optimiser, built, module, callbacks, names=False):
    """As wasm-opt.sh does it; with `names`, functions keep theirs."""
    if os.path.exists(module) and os.path.getmtime(module) >= os.path.getmtime(built):
        return
    kept = f"{module}.kept"
    if callbacks:
        keep = os.path.join(ROOT, "scripts", "keep_exports.py")
        subprocess.run(["python3", keep, built, kept, callbacks], check=True)
    else:
        with open(built, "rb") as source, open(kept, "wb") as copy:
            copy.write(source.read())
    features = ["bulk-memory", "sign-ext", "nontrapping-float-to-int", "mutable-globals", "multivalue", "reference-types"]
    options = [f"--enable-{feature}" for feature in features]
    known = subprocess.run([optimiser, "--help"], stdout=subprocess.PIPE, text=True).stdout
    options += [option for option in ("--enable-bulk-memory-opt", "--enable-call-indirect-overlong") if option in known]
    subprocess.run([optimiser, *options, "-Oz", "-g" if names else "--strip-debug", kept, "-o", module], check=True)
    os.remove(kept)
