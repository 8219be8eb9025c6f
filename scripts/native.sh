#!/usr/bin/env bash
# Builds the native module and puts it, stripped, into dist/ with its SHA-256 sum: native.sh [TARGET]
#
# TARGET is a Rust target of Linux, this machine's by default; dist/libedge_filters.so is this machine's, any other's stands in
# dist/TARGET/. What the GNU C library must be at least is written beside it, and must not be above GLIBC_MOST.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# Debian 12, and the distribution of Envoy's own images, have it.
GLIBC_MOST=2.35

target="${1:-}"
[ "$(uname -s)" = Linux ] || [ -n "$target" ] || die "native.sh: Envoy loads dynamic modules on Linux: name a target"
if [ -n "$target" ]; then
    scripts/rust-target.sh "$target"
    # For another processor Debian's compilers (gcc-aarch64-linux-gnu) link, and compile what is C.
    cross="${target%%-*}-linux-gnu-gcc"
    if [ "${target%%-*}" != "$(uname -m)" ] && command -v "$cross" > /dev/null; then
        variable="${target//-/_}"
        export "CARGO_TARGET_${variable^^}_LINKER=$cross" "CC_$variable=$cross"
    fi
fi
# The profile says how panics end, which the standard library must be built for too: it's the one that comes with the toolchain.
# The probe is what tests ask to do what they want to see; it's shipped nowhere.
for package in edge-filters-module probe-filter; do
    cargo build --profile release-native -p "$package" ${target:+--target "$target"}
done
built="${CARGO_TARGET_DIR:-target}/${target:+$target/}release-native/libedge_filters.so"
folder="dist${target:+/$target}"
mkdir -p "$folder"
# In one step, for an Envoy that has the old one open.
cp -f "$built" "$folder/.libedge_filters.so" && mv -f "$folder/.libedge_filters.so" "$folder/libedge_filters.so"
mkdir -p "$folder/probe" && cp -f "${built%/*}/libprobe_filter.so" "$folder/probe/"
(cd "$folder" && sha256sum libedge_filters.so > libedge_filters.so.sha256)

needs="$(grep -ao 'GLIBC_2\.[0-9]*' "$folder/libedge_filters.so" | sort -uV | tail -n 1)"
[ "$(printf '%s\n' "$GLIBC_MOST" "${needs#GLIBC_}" | sort -V | tail -n 1)" = "$GLIBC_MOST" ] ||
    die "native.sh: the module needs $needs, and Envoy's images have $GLIBC_MOST"
say "$(printf '%-28s %9d bytes, %s or later' "$folder/libedge_filters.so" "$(stat -c %s "$folder/libedge_filters.so")" "$needs")"
