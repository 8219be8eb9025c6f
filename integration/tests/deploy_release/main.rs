//! A release from end to end: made, signed, installed from, and used as people use it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod action;
mod chart;
mod command_image;
mod hooks;
mod repository;
mod signatures;

use integration::{Dist, module::workspace, succeed, tables};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A folder with modules, the archive of programs, and what a release of them holds.
struct Release {
    dist: Dist,
    folder: PathBuf,
}

/// The modules and the programs. These are the development profile's, which tests build anyway for this machine; all else is as it
/// is released.
fn dist() -> Dist {
    let dist = Dist::of_all();
    fs::write(dist.path().join(archive()), programs()).unwrap();
    dist
}

/// The name of the archive for this machine.
fn archive() -> String {
    format!("edge-filters-{VERSION}-{}.tar.gz", platform())
}

fn platform() -> &'static str {
    match env::consts::ARCH {
        "x86_64" => "x86_64-linux",
        architecture => panic!("no archive of programs is made on {architecture}"),
    }
}

/// That archive, made once.
fn programs() -> &'static [u8] {
    static PROGRAMS: OnceLock<Vec<u8>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let dist = Dist::of_all();
        dist.run("scripts/prebuilt.sh", &["pack"], &[("PROFILE", "dev")])
            .unwrap();
        fs::read(dist.path().join(archive())).unwrap()
    })
}

impl Release {
    /// What a release of `dist` holds, lying where people fetch it.
    fn of(dist: Dist) -> Self {
        let folder = dist.path().join("releases").join(format!("v{VERSION}"));
        fs::create_dir(folder.parent().unwrap()).unwrap();
        dist.run("scripts/release.sh", &[folder.to_str().unwrap()], &[])
            .unwrap();
        Self { dist, folder }
    }

    /// Where releases lie, as scripts/install.sh is told.
    fn address(&self) -> String {
        format!("file://{}", self.folder.parent().unwrap().display())
    }

    /// Installs edge-filters into a folder: the program, or what went wrong.
    fn install(&self, into: &Path) -> Result<PathBuf, String> {
        let output = Command::new(workspace().join("scripts/install.sh"))
            .args([VERSION.as_ref(), into.as_os_str()])
            .env("RELEASES", self.address())
            .output()
            .unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap().trim().into()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

#[test]
fn what_is_installed_is_what_was_released() {
    let release = Release::of(dist());
    let into = tempfile::tempdir().unwrap();
    let program = release.install(into.path()).unwrap();
    let printed = succeed(
        Command::new(&program)
            .args(["check", "envoy/jwt-auth.yaml"])
            .current_dir(workspace()),
    );
    assert!(
        String::from_utf8_lossy(&printed).contains("jwt-auth"),
        "{printed:?}"
    );

    // Every file of the release is in SHA256SUMS, with its hash.
    let sums = fs::read_to_string(release.folder.join("SHA256SUMS")).unwrap();
    for name in [
        "jwt-auth.wasm",
        "edge-suite.wasm",
        &archive(),
        &format!("schemas-{VERSION}.tar.gz"),
    ] {
        assert!(sums.contains(&format!("  {name}\n")), "{name}:\n{sums}");
    }
    succeed(
        Command::new("sha256sum")
            .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
            .current_dir(&release.folder),
    );

    type Tampering = fn(&Release);
    let refusals: [(&str, Tampering, &str); 3] = [
        (
            "another archive",
            |release| fs::write(release.folder.join(archive()), "other").unwrap(),
            "has SHA-256",
        ),
        (
            "no sum",
            |release| fs::write(release.folder.join("SHA256SUMS"), "").unwrap(),
            "doesn't name edge-filters-",
        ),
        (
            "no archive",
            |release| fs::remove_file(release.folder.join(archive())).unwrap(),
            "can't be fetched",
        ),
    ];
    for (name, tamper, expected) in refusals {
        tamper(&release);
        let into = tempfile::tempdir().unwrap();
        let refused = release.install(into.path());
        assert!(
            refused.as_ref().is_err_and(|printed| printed.contains(expected)),
            "{name}: {refused:?}"
        );
        assert_eq!(
            fs::read_dir(into.path()).unwrap().count(),
            0,
            "{name}: something was installed"
        );
    }
}

#[test]
fn the_formula_and_binstall_name_the_archives() {
    let dist = Dist::of_all();
    let folder = dist.path().join("release");
    let platforms = ["x86_64-linux", "aarch64-linux", "x86_64-macos", "aarch64-macos"];
    for platform in platforms {
        let name = format!("edge-filters-{VERSION}-{platform}.tar.gz");
        fs::write(dist.path().join(name), platform).unwrap();
    }
    let url = [("SOURCE_URL", "https://git.example.com/edge")];
    dist.run("scripts/release.sh", &[folder.to_str().unwrap()], &url)
        .unwrap();
    let formula = fs::read_to_string(folder.join("edge-filters.rb")).unwrap();
    assert!(!formula.contains('@'), "{formula}");
    let manifest = fs::read_to_string(workspace().join("cli/Cargo.toml")).unwrap();
    for platform in platforms {
        let name = format!("edge-filters-{VERSION}-{platform}.tar.gz");
        let url = format!("\"https://git.example.com/edge/releases/download/v{VERSION}/{name}\"");
        let sum = tables::sha256sum(platform.as_bytes());
        let sum = sum.split(' ').next().unwrap();
        let at = formula.find(&url).unwrap_or_else(|| panic!("{url}:\n{formula}"));
        assert!(
            formula.get(at..).unwrap().lines().nth(1).unwrap().contains(sum),
            "{platform}:\n{formula}"
        );
        // cargo binstall puts in what it knows of the platform.
        let (architecture, _) = platform.split_once('-').unwrap();
        let templates = manifest
            .lines()
            .filter_map(|line| line.strip_prefix("pkg-url = "));
        let expected = format!("\"{{ repo }}/releases/download/v{VERSION}/{name}\"");
        let rendered = templates.map(|template| {
            template
                .replace("{ version }", VERSION)
                .replace("{ target-arch }", architecture)
        });
        assert!(
            rendered.into_iter().any(|rendered| rendered == expected),
            "{platform}: no pkg-url gives {expected}"
        );
        // The program in that archive, whose folder has its name.
        let folder = format!("\"edge-filters-{VERSION}-{platform}/{{ bin }}\"");
        let templates = manifest
            .lines()
            .filter_map(|line| line.strip_prefix("bin-dir = "));
        let mut rendered = templates.map(|template| {
            template
                .replace("{ version }", VERSION)
                .replace("{ target-arch }", architecture)
        });
        assert!(
            rendered.any(|rendered| rendered == folder),
            "{platform}: no bin-dir gives {folder}"
        );
    }
}

/// Headings of a level in a Markdown file, without what stands behind the first blank.
fn headings(file: &str, level: &str) -> Vec<String> {
    let text = fs::read_to_string(workspace().join(file)).unwrap();
    text.lines()
        .filter_map(|line| {
            line.strip_prefix(level)?
                .split_whitespace()
                .next()
                .map(str::to_owned)
        })
        .collect()
}

#[test]
fn each_version_says_what_it_asks_of_users() {
    let described = headings("docs/upgrading.md", "### ");
    assert!(
        described.contains(&VERSION.to_owned()),
        "docs/upgrading.md has no section of version {VERSION}: {described:?}"
    );
    // Those that are released already, too: `## 1.2.3 - 2026-12-01`, or in brackets.
    let changes = headings("CHANGELOG.md", "## ");
    for version in changes.iter().map(|version| version.trim_matches(['[', ']'])) {
        assert!(
            version == "Unreleased" || described.iter().any(|other| other == version),
            "docs/upgrading.md has no section of version {version}"
        );
    }
}
