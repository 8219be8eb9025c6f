#!/usr/bin/env bash
# Whether two builds give the same bytes: builds the modules in dist/ once more, from a copy of the sources in another folder with
# nothing built, and compares: reproducible.sh [FILTER...], all by default
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

WASM_OPT="$(scripts/wasm-opt.sh --pinned)"
export WASM_OPT EDGE_TOOLS
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT

scripts/wasm.sh "$@"
git ls-files -z | tar --create --null --files-from - | tar --extract --directory "$copy"
(cd "$copy" && env -u CARGO_TARGET_DIR -u DIST scripts/wasm.sh "$@")

differ=0
for second in "$copy"/dist/*.wasm; do
    name="$(basename "$second")"
    first="$(sha256_of "dist/$name")"
    if [ "$first" = "$(sha256_of "$second")" ]; then
        echo "$name: $first twice"
    else
        echo "$name: differs"
        differ=1
    fi
done
exit "$differ"
