//! Where the built modules are.

use std::path::PathBuf;

/// The five filters, in the order of the chain.
pub const FILTERS: [&str; 5] = [
    "jwt-auth",
    "rate-limit",
    "geo-routing",
    "compression-negotiation",
    "cache-headers",
];

/// The workspace's root.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The optimised module of a filter, as it's shipped.
///
/// # Panics
/// When it isn't built.
pub fn shipped(filter: &str) -> PathBuf {
    existing(workspace().join("dist").join(filter).with_extension("wasm"))
}

/// The native module, as it's shipped.
///
/// # Panics
/// When it isn't built.
pub fn native() -> PathBuf {
    let module = workspace().join("dist/libedge_filters.so");
    assert!(
        module.is_file(),
        "{} is missing: build it with `make native`",
        module.display()
    );
    module
}

/// The probe's native module.
///
/// # Panics
/// When it isn't built.
pub fn native_probe() -> PathBuf {
    let module = workspace().join("dist/probe/libprobe_filter.so");
    assert!(
        module.is_file(),
        "{} is missing: build it with `make native`",
        module.display()
    );
    module
}

/// Whether there is geo-routing with the world's table in it, which takes public data to build; says loudly when there isn't.
///
/// # Panics
/// When `EDGE_NO_SKIP` is set and there is none.
pub fn has_embedded() -> bool {
    let built = workspace().join("dist/geo-routing-embedded.wasm").is_file();
    if !built {
        http_filter_test::skip(
            "geo-routing-embedded: not built (make wasm-featured, with tor-geoipdb installed)",
        );
    }
    built
}

/// The probe's module, which shows what the adapter does.
///
/// # Panics
/// When it isn't built.
pub fn probe() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    existing(target.join("wasm32-wasip1/release/probe_filter.wasm"))
}

fn existing(path: PathBuf) -> PathBuf {
    assert!(
        path.is_file(),
        "{} is missing: build the modules with `make wasm`",
        path.display()
    );
    path
}
