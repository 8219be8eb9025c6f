//! `docs/tutorial.md` from its first command to its last, in order and as printed, with what they print; but for the port,
//! which the operating system chooses. What the page builds is built already: the programs that it calls for that look
//! whether they are called as the page should, and build no second time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter_test::{
    page::{Block, blocks, is_as_shown},
    skip,
};
use integration::{eventually, module};
use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// What runs in the background until the page ends.
struct Background(Vec<Child>);

impl Drop for Background {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _: (Result<_, _>, Result<_, _>) = (child.kill(), child.wait());
        }
    }
}

/// The port that the page's Envoy listens on.
const PORT: &str = "10000";

#[test]
fn every_command_of_the_page_does_what_it_shows() {
    if Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        skip("envoy: the tutorial: curl is not installed");
        return;
    }
    let page = fs::read_to_string(module::workspace().join("docs/tutorial.md")).unwrap();
    // Of as many digits, so that columns stay what they are.
    let (port, address) = free_port();
    let page = page.replace(PORT, &port);
    let folder = tempfile::tempdir().unwrap();
    let programs = Programs::new(folder.path());
    let mut background = Background(Vec::new());
    let mut ran = 0;
    for block in blocks(&page) {
        let commands = match block {
            Block::File(name, text) => {
                fs::write(folder.path().join(name), text).unwrap();
                continue;
            }
            Block::Console(commands) => commands,
        };
        for (command, shown) in commands {
            ran += 1;
            let mut shell = programs.shell(&command);
            if command.starts_with("envoy ") {
                // Without a shell in between, which would stay when it is stopped.
                let mut shell = programs.shell(&format!("exec {command}"));
                background.0.push(shell.stdout(Stdio::null()).spawn().unwrap());
                let listens = || TcpStream::connect(address).is_ok();
                assert!(
                    eventually(Duration::from_secs(60), listens),
                    "Envoy doesn't listen"
                );
                continue;
            }
            let output = shell.output().unwrap();
            let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            let lines: Vec<_> = printed.lines().collect();
            assert!(
                is_as_shown(&shown, &lines),
                "$ {command}\nshown:\n{}\nprinted:\n{printed}",
                shown.join("\n")
            );
        }
    }
    assert!(ran >= 20 && background.0.len() == 1, "{ran} commands");
}

/// A free port of five digits.
fn free_port() -> (String, SocketAddr) {
    let ports = (0..100).map(|_| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
    });
    let address = ports
        .into_iter()
        .find(|address| address.port() >= 10_000)
        .unwrap();
    (address.port().to_string(), address)
}

/// The programs that the page calls, before those of this machine.
struct Programs {
    folder: PathBuf,
    path: std::ffi::OsString,
}

impl Programs {
    fn new(folder: &Path) -> Self {
        let root = module::workspace();
        let programs = folder.join("programs");
        fs::create_dir(&programs).unwrap();
        let script = |name: &str, text: &str| {
            let file = programs.join(name);
            fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        };
        let root_text = root.display();
        let cargo = env!("CARGO");
        // With the features that this test has been built with, so that nothing is built but the command.
        script(
            "cargo",
            &format!(
                "[ \"$*\" = 'install --path cli' ] || exec echo \"cargo $*: not what is built here\"\n\
             exec '{cargo}' build --quiet --manifest-path '{root_text}/Cargo.toml' -p integration -p edge-filters --bin edge-filters"
            ),
        );
        script(
            "make",
            &format!(
                "[ \"$*\" = wasm ] && exec test -f '{root_text}/dist/jwt-auth.wasm'\nexec echo \"make $*: not what is built here\""
            ),
        );
        let envoy = env::var("ENVOY_BIN").unwrap_or_else(|_| "envoy".to_owned());
        script(
            "envoy",
            &format!(
                "PATH=\"$REST\" exec '{envoy}' --disable-hot-restart --concurrency 1 --log-level error \"$@\""
            ),
        );
        symlink(root.join("dist"), folder.join("dist")).unwrap();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let rest = env::var_os("PATH").unwrap_or_default();
        let first = [programs, target.join("debug")];
        let path = env::join_paths(first.into_iter().chain(env::split_paths(&rest))).unwrap();
        Self {
            folder: folder.to_owned(),
            path,
        }
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .env("REST", env::var_os("PATH").unwrap_or_default());
        shell
    }
}
