use std::path::PathBuf;

/// The folder `name` of the public test vectors, which lie beside the project and not in it: under `vectors/` in
/// `$EDGE_SHARED`, by default `../shared` of the workspace. `None` where they are absent.
///
/// # Panics
/// When they are absent and `EDGE_NO_SKIP` is set: a gate that isn't there is no gate.
#[allow(clippy::print_stderr, reason = "a skipped tier says so")]
pub fn vectors(name: &str) -> Option<PathBuf> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("EDGE_SHARED").map_or_else(|| workspace.join("../shared"), PathBuf::from);
    let folder = shared.join("vectors").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("EDGE_NO_SKIP").is_none_or(|value| value.is_empty()),
        "no vectors at {}",
        folder.display()
    );
    eprintln!("SKIPPED: no vectors at {} (set EDGE_SHARED)", folder.display());
    None
}
