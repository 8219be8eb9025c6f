#!/usr/bin/env bash
# Builds the function backends, by the runtimes that they are for, into $DIST, what is not shipped into $DIST/functions; see
# functions/README.md.
#
#   functions.sh [RUNTIME...]     wasi-http and wasmedge by default
#
#   wasi-http, wasmtime    functions.wasm, the component that every wasi:http host can serve
#   wasmtime-ahead         functions/functions.cwasm, the same compiled for this machine and this wasmtime
#   wasmedge               functions-wasmedge.wasm, the module for WasmEdge
#   wasmedge-ahead         functions/functions-wasmedge.so, the same compiled ahead
#   native                 functions/functions-native, an ordinary program, and functions-watch, which starts it again
#   watch                  functions/functions-watch alone
#   workers                functions/functions-wcgi.wasm, a CGI program, for Cloudflare's workerd, which comes along, and Wasmer
#   javascript, python     functions/functions-javascript.wasm and functions-python.wasm, components, and .cwasm as above
#   composed               functions/functions-composed.wasm, a component of three, in three languages, and .cwasm as above
#   middleware             functions/functions-middleware.wasm, a component: our filters in front of a function, without Envoy
#   all                    all of these; what can't be had here is told, and no failure
#
# Variables: DIST (dist), FEATURES (misbehave: with paths that never end, for tests of what ends them)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

DIST="${DIST:-dist}"
MORE="$DIST/functions"
# No function gets more memory than 64 MiB, whatever its runtime says: it stands in the module.
MAX_MEMORY=(-C link-arg=--max-memory=67108864)
ALL=(wasmtime-ahead wasmedge-ahead native workers javascript python composed middleware)
# What wasmtime compiles for must be what it is then started with: see mesh/tour/src/function/command.rs.
COMPILE=(-W "epoch-interruption=y,fuel=1" -O pooling-allocator=y)

mkdir -p "$MORE"

# build FOLDER TARGET OUTPUT [LINKER-ARGUMENT...]
build() {
    local package artifact folder="$1" target="$2" output="$3"
    shift 3
    package="$(sed -n 's/^name *= *"\(.*\)"/\1/p' "$folder/Cargo.toml" | sed -n 1p)"
    scripts/rust-target.sh "$target"
    cargo rustc --release --target "$target" -p "$package" ${FEATURES:+--features "$FEATURES"} -- "$@"
    artifact="${CARGO_TARGET_DIR:-target}/$target/release/$package.wasm"
    cp "$artifact" "$DIST/.$output"
}

# A component's module is optimised as it is linked, before it is wrapped.
wasi-http() {
    build functions/wasi-http wasm32-wasip2 functions.wasm -C "link-arg=--wasm-ld-path=$ROOT/scripts/wasm-ld.sh" "${MAX_MEMORY[@]}"
    mv -f "$DIST/.functions.wasm" "$DIST/functions.wasm"
}

# module FOLDER NAME OUTPUT
module() {
    build "$1" wasm32-wasip1 "$2" "${MAX_MEMORY[@]}"
    scripts/optimise.sh "$DIST/.$2"
    mv -f "$DIST/.$2" "$3"
}

wasmedge() { module functions/wasmedge functions-wasmedge.wasm "$DIST/functions-wasmedge.wasm" && static functions-watch; }

# Its runtime comes along, for a container.
workers() {
    local runtime
    module functions/wcgi functions-wcgi.wasm "$MORE/functions-wcgi.wasm"
    static functions-watch
    runtime="$(scripts/workerd.sh)"
    ln -f "$runtime" "$MORE/workerd" 2> /dev/null || cp "$runtime" "$MORE/workerd"
    cp functions/workers/*.mjs "$MORE/"
    sed 's|embed "../../dist/functions/|embed "|' functions/workers/workerd.capnp > "$MORE/workerd.capnp"
}

# ahead COMPONENT: $MORE/COMPONENT.cwasm.
ahead() {
    local program name
    program="$(scripts/wasmtime.sh)"
    name="$(basename "$1" .wasm).cwasm"
    "$program" compile "${COMPILE[@]}" -o "$MORE/.$name" "$1"
    mv -f "$MORE/.$name" "$MORE/$name"
}

# Our filters in front of a function, without Envoy.
middleware() {
    FEATURES="" build functions/middleware wasm32-wasip2 functions-middleware.wasm -C "link-arg=--wasm-ld-path=$ROOT/scripts/wasm-ld.sh" "${MAX_MEMORY[@]}"
    mv -f "$DIST/.functions-middleware.wasm" "$MORE/functions-middleware.wasm"
    ahead "$MORE/functions-middleware.wasm"
}

wasmtime-ahead() { wasi-http && ahead "$DIST/functions.wasm"; }

# Machine code for every processor of this kind, not only the one it is built on. By whole paths: it may run in a container.
wasmedge-ahead() {
    local program
    program="$(scripts/wasmedge.sh)"
    wasmedge
    "$program" compile --generic-binary "$(realpath "$DIST")/functions-wasmedge.wasm" "$(realpath "$MORE")/functions-wasmedge.so" >&2
}

# static PACKAGE [OPTION...]: the program, on Linux linked statically: the smallest container holds it and nothing else.
static() {
    local target flags="" package="$1"
    shift
    target="$(rustc -vV | sed -n 's/^host: //p')"
    case "$target" in *linux*) flags="-C target-feature=+crt-static" ;; esac
    RUSTFLAGS="$flags" cargo build --release --target "$target" -p "$package" "$@"
    cp "${CARGO_TARGET_DIR:-target}/$target/release/$package" "$MORE/.$package"
    mv -f "$MORE/.$package" "$MORE/$package"
}

watch() { static functions-watch; }

native() {
    # shellcheck disable=SC2086
    static functions-native ${FEATURES:+--features $FEATURES}
    static functions-watch
}

# packages FOLDER: prints where npm has installed what FOLDER/package-lock.json pins, each package by its hash.
packages() {
    local installed
    installed="$EDGE_TOOLS/npm/$(basename "$1")-$(sha256_of "$1/package-lock.json" | cut -c 1-12)"
    once npm install_packages "$1" "$installed"
    printf '%s\n' "$installed"
}

install_packages() {
    [ ! -f "$2/.done" ] || return 0
    need npm "Install Node.js with npm."
    say "npm: fetching what $1/package-lock.json pins into $EDGE_TOOLS"
    mkdir -p "$2"
    cp "$1/package.json" "$1/package-lock.json" "$2/"
    npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "npm could not install what $1 needs."
    touch "$2/.done"
}

# interfaces MODULES VERSION FOLDER: those of wasi:http, which come with the packages, with a world of a function.
interfaces() {
    mkdir -p "$3/deps"
    cp -r "$1/node_modules/@bytecodealliance/jco/lib/wit/builtin/0.2.12/." "$3/deps"
    printf 'package edge:function;\n\nworld function {\n  include wasi:http/proxy@0.2.12;\n}\n' > "$3/world.wit"
    find "$3" -name '*.wit' -exec sed -i "s/@0\.2\.12/@$2/g" {} +
}

javascript() {
    local modules work
    need node "Install Node.js."
    modules="$(packages functions/javascript)"
    work="$(mktemp -d)"
    # The engine in that package exports this version's handler.
    interfaces "$modules" 0.2.10 "$work/wit"
    node functions/javascript/componentize.mjs "$modules" "$(source_of javascript js "$work")" "$work/wit" "$MORE/functions-javascript.wasm"
    rm -rf "$work"
    ahead "$MORE/functions-javascript.wasm"
}

PYTHON_PIN="componentize-py==0.25.1 --hash=sha256:8623cd8cab8453cb0cd8bf03f3c7103420d06f2f3d360186a280a70a1ca5e89f"

python() {
    local modules work
    modules="$(packages functions/javascript)"
    work="$(mktemp -d)"
    interfaces "$modules" 0.2.12 "$work/wit"
    componentize_py -d "$work/wit" -w function componentize -p "$(dirname "$(source_of python py "$work")")" function -o "$MORE/functions-python.wasm"
    rm -rf "$work"
    ahead "$MORE/functions-python.wasm"
}

# componentize_py ARGUMENT...
componentize_py() {
    local installed="$EDGE_TOOLS/componentize-py-0.25.1"
    once componentize-py install_componentize_py "$installed"
    PYTHONPATH="$installed" python3 -c 'import sys, componentize_py; sys.argv[0] = "componentize-py"; componentize_py.script()' "$@" >&2
}

install_componentize_py() {
    [ ! -d "$1" ] || return 0
    local work
    work="$(mktemp -d "$EDGE_TOOLS/componentize-py.XXXXXX")"
    say "componentize-py: fetching the PyPI package (17 MB) into $EDGE_TOOLS"
    from_pypi "$PYTHON_PIN" "$work" || { rm -rf "$work" && die "pip (python3 -m pip) has no componentize-py for $(uname -sm)."; }
    mv "$work" "$1"
}

# Only the first of the three has the paths of FEATURES: the others are made once, and anew when they have changed.
composed() {
    local wac source=functions/composed parts=dist/functions/composed
    wac="$(scripts/wac.sh)"
    mkdir -p "$parts"
    build "$source/auth" wasm32-wasip2 auth.wasm -C "link-arg=--wasm-ld-path=$ROOT/scripts/wasm-ld.sh" "${MAX_MEMORY[@]}"
    if is_older "$parts/business.wasm" "$source/business.js" "$source/wit/orders.wit"; then
        # It needs nothing of WASI.
        node functions/javascript/componentize.mjs "$(packages functions/javascript)" "$source/business.js" "$source/wit" \
            "$parts/business.wasm" business-rules stdio random clocks http fetch-event
    fi
    if is_older "$parts/score.wasm" "$source/score.py" "$source/wit/orders.wit"; then
        componentize_py -d "$source/wit" -w scoring componentize --stub-wasi -p "$source" score -o "$parts/score.wasm"
    fi
    "$wac" plug "$parts/business.wasm" --plug "$parts/score.wasm" -o "$parts/rules.wasm"
    "$wac" plug "$DIST/.auth.wasm" --plug "$parts/rules.wasm" -o "$MORE/functions-composed.wasm"
    rm -f "$DIST/.auth.wasm"
    ahead "$MORE/functions-composed.wasm"
}

# is_older FILE SOURCE...: FILE isn't there, or a source has changed since.
is_older() {
    local file="$1" source
    shift
    for source in "$@"; do [ "$file" -nt "$source" ] || return 0; done
    return 1
}

# source_of LANGUAGE EXTENSION FOLDER: the function's source; with FEATURES=misbehave, a copy that has those paths too.
source_of() {
    case "${FEATURES:-}" in
        *misbehave*) cat "functions/$1/function.$2" "functions/$1/misbehave.$2" > "$3/function.$2" && echo "$3/function.$2" ;;
        *) echo "$ROOT/functions/$1/function.$2" ;;
    esac
}

[ $# -gt 0 ] || set -- wasi-http wasmedge
if [ "$*" = all ]; then
    for runtime in "${ALL[@]}"; do
        "$0" "$runtime" || say "functions.sh: no function for $runtime: see above"
    done
    exit
fi
for runtime in "$@"; do
    case "$runtime" in
        wasmtime) wasi-http ;;
        wasi-http | wasmtime-ahead | wasmedge | wasmedge-ahead | native | watch | workers | javascript | python | composed | middleware) "$runtime" ;;
        *) die "functions.sh: ${ALL[*]} or all, not $runtime" ;;
    esac
done
