use std::path::PathBuf;

/// The folder `name` of the public test vectors, under `vectors/` of what lies [beside the project](shared).
///
/// # Panics
/// As [`shared`].
pub fn vectors(name: &str) -> Option<PathBuf> {
    shared(&["vectors/", name].concat())
}

/// A folder of public test data, which lies beside the project and not in it: in `$EDGE_SHARED`, by default `../shared`
/// of the workspace. `None` where it is absent.
///
/// # Panics
/// When it is absent and `EDGE_NO_SKIP` is set: a gate that isn't there is no gate.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
pub fn shared(name: &str) -> Option<PathBuf> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("EDGE_SHARED").map_or_else(|| workspace.join("../shared"), PathBuf::from);
    let folder = shared.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    skip(&format!("test data: no {} (set EDGE_SHARED)", folder.display()));
    None
}

/// Says that something is skipped, and why, where the runner of the tiers looks for it (`EDGE_SKIP_LOG`).
///
/// # Panics
/// When `EDGE_NO_SKIP` is set: then a skip is a failure.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
pub fn skip(what: &str) {
    assert!(
        std::env::var_os("EDGE_NO_SKIP").is_none_or(|value| value.is_empty()),
        "may not be skipped: {what}"
    );
    eprintln!("SKIPPED: {what}");
    if let Some(log) = std::env::var_os("EDGE_SKIP_LOG") {
        use std::io::Write;
        let file = std::fs::OpenOptions::new().append(true).create(true).open(log);
        // In one piece: other tests write at the same moment. A log that can't be written must not fail a test that is only
        // skipped.
        let _ = file.and_then(|mut file| file.write_all(format!("{what}\n").as_bytes()));
    }
}
