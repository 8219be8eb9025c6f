#!/usr/bin/env bash
# The documentation site, in dist/site: pages from READMEs, docs/ and recipes/ (site/assemble.py), built by mdBook, with the playground,
# which is the command edge-filters as a WASI program; then every link of it is followed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

mdbook="$(scripts/linter.sh mdbook)"
made=target/site
python3 site/assemble.py "$made"

say "docs: the playground"
# No hot code: as small as the modules.
CARGO_PROFILE_RELEASE_OPT_LEVEL=s scripts/cargo-wasm.sh build --release --quiet --package edge-filters --target-dir target/playground
mkdir -p "$made/src/playground"
cp site/playground/*.js "$made/src/playground/"
python3 site/playground/pack.py target/playground/wasm32-wasip1/release/edge-filters.wasm "$made/src/playground/edge-filters.wasm.js"

"$mdbook" build "$made" --dest-dir "$PWD/dist/site"
python3 site/check_links.py dist/site
say "docs: dist/site/index.html"
