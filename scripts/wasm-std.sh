# shellcheck shell=bash
# Sourced: whether the modules' standard library is built along with them, from its sources.

has_std_sources() {
    [ -f "$(rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml" ]
}

builds_std() {
    [ "${WASM_STD:-}" != prebuilt ] && has_std_sources
}
