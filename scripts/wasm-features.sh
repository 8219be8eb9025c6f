# shellcheck shell=bash disable=SC2034
# Sourced by the scripts that call wasm-opt: features WASM_OPT prints the options that name what rustc's modules may use; STRIPPED are
# those that take away what nobody reads who runs a module.
STRIPPED="--strip-debug --strip-producers --strip-target-features"

# 108 does not read them from the module.
FEATURES=(--enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int --enable-mutable-globals
    --enable-multivalue --enable-reference-types)
FEATURES_SINCE_120=(--enable-bulk-memory-opt --enable-call-indirect-overlong)

features() {
    local known
    known="$("$1" --help)"
    printf '%s ' "${FEATURES[@]}"
    case "$known" in *"${FEATURES_SINCE_120[0]}"*) printf '%s ' "${FEATURES_SINCE_120[@]}" ;; esac
}
