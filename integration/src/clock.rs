//! A clock for Envoy that can be set while it runs. `libfaketime` would do, but Envoy's allocator doesn't get past its
//! start with it.

use crate::Proxy;
use edge_demo::tool;
use std::{fs, os::unix::fs::FileExt, path::PathBuf, process::Command};
use tempfile::TempDir;

/// The time of day that a process goes by. Its timers run on.
pub struct Clock {
    offset: fs::File,
    folder: TempDir,
    library: PathBuf,
}

impl Clock {
    /// A clock that is right; `None`, said aloud, where there is no C compiler or no Linux.
    ///
    /// # Panics
    /// When the compiler fails.
    pub fn new() -> Option<Self> {
        let compiler = tool::in_path("cc").filter(|_| cfg!(target_os = "linux"));
        let Some(compiler) = compiler else {
            http_filter_test::skip("clock jumps: no C compiler on Linux (apt install gcc)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("clock.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/clock.c");
        let compiled = Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([library.as_os_str(), source.as_ref()])
            .status();
        assert!(compiled.unwrap().success(), "{source}");
        let offset = fs::File::create(folder.path().join("offset")).unwrap();
        let clock = Self {
            offset,
            folder,
            library,
        };
        clock.set(0);
        Some(clock)
    }

    /// Sets it so many seconds before or after the right time.
    ///
    /// # Panics
    /// When the file can't be written.
    pub fn set(&self, seconds: i64) {
        self.offset.write_all_at(&seconds.to_ne_bytes(), 0).unwrap();
    }

    /// The proxy, going by this clock.
    #[must_use]
    pub fn in_proxy(&self, proxy: Proxy) -> Proxy {
        let offset = self.folder.path().join("offset");
        proxy
            .environment("LD_PRELOAD", &self.library.to_string_lossy())
            .environment("CLOCK_OFFSET", &offset.to_string_lossy())
    }
}
