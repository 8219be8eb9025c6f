//! The script that fetches public test vectors, against a server that has them where their publishers have them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use integration::{Nginx, module::workspace};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

/// A line of `scripts/shared.txt`.
struct Row {
    /// Path in the folder.
    path: String,
    /// Path below the publishers' address; nothing for what was collected.
    published: Option<String>,
}

fn rows() -> Vec<Row> {
    let list = fs::read_to_string(workspace().join("scripts/shared.txt")).unwrap();
    let rows = list.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, path, repository, revision, there] = *fields else {
            panic!("{line}: expected five fields")
        };
        let published = (repository != "-").then(|| format!("{repository}/raw/{revision}/{there}"));
        Row {
            path: path.to_owned(),
            published,
        }
    })
    .collect()
}

/// What one call does: whether it succeeds, and what it says.
fn fetch(folder: &Path, published: &str, collected: &str) -> (bool, String) {
    let output = Command::new(workspace().join("scripts/shared.sh"))
        .arg(folder)
        .env("SHARED_PUBLISHED", published)
        .env("SHARED_COLLECTED", collected)
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
    )
}

fn link(file: &Path, to: PathBuf) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    symlink(file, to).unwrap();
}

#[test]
fn vectors_come_from_where_they_are_published() {
    let Some(shared) = http_filter_test::shared("") else {
        return;
    };
    let shared = shared.canonicalize().unwrap();
    let site = tempfile::tempdir().unwrap();
    let rows = rows();
    for Row { path, published } in &rows {
        let file = shared.join(path);
        match published {
            Some(published) => link(&file, site.path().join("published").join(published)),
            None => link(&file, site.path().join("collected").join(path)),
        }
    }
    let Some(nginx) = Nginx::start("the fetching of public vectors", |address, _| {
        format!("server {{ listen {address}; root {}; }}", site.path().display())
    }) else {
        return;
    };
    let of = |name: &str| format!("http://{}/{name}", nginx.address());
    let folder = tempfile::tempdir().unwrap();
    let fetched = || {
        rows.iter()
            .filter(|row| folder.path().join(&row.path).is_file())
            .count()
    };

    // What nobody has published is left out, and said.
    let (succeeded, said) = fetch(folder.path(), &of("published"), "");
    let published = rows.iter().filter(|row| row.published.is_some()).count();
    assert!(succeeded, "{said}");
    assert_eq!(fetched(), published, "{said}");
    assert!(
        said.contains(&format!("{} files were collected", rows.len() - published)),
        "{said}"
    );

    // The rest, and nothing twice.
    let (succeeded, said) = fetch(folder.path(), &of("nowhere"), &of("collected"));
    assert!(succeeded, "{said}");
    assert_eq!(fetched(), rows.len(), "{said}");
    for Row { path, .. } in &rows {
        let same = fs::read(folder.path().join(path)).unwrap() == fs::read(shared.join(path)).unwrap();
        assert!(same, "{path}");
    }

    // Another file in its place is not taken, and a missing one is said.
    let changed = &rows.iter().find(|row| row.published.is_some()).unwrap();
    let place = site
        .path()
        .join("published")
        .join(changed.published.as_ref().unwrap());
    for (content, expected) in [(Some("other"), "has SHA-256"), (None, "can't be fetched")] {
        let _ = fs::remove_file(folder.path().join(&changed.path));
        fs::remove_file(&place).unwrap();
        if let Some(content) = content {
            fs::write(&place, content).unwrap();
        }
        let (succeeded, said) = fetch(folder.path(), &of("published"), &of("collected"));
        assert!(!succeeded && said.contains(expected), "{said}");
        assert!(!folder.path().join(&changed.path).exists());
    }
}
