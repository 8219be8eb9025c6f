//! `docs/tutorial.md`: its files are written, its commands run, and what they print is what the page shows. What needs Envoy
//! is in `integration/tests/tutorial.rs`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter_test::page::{Block, blocks, is_as_shown};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

fn run(command: &str, folder: &Path) -> String {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_edge-filters"));
    let path = env::join_paths(
        std::iter::once(binary.parent().unwrap().to_owned())
            .chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn the_first_ten_minutes_are_as_the_page_says() {
    let page =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/tutorial.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The modules that `make wasm` builds are only looked for.
    fs::create_dir(folder.path().join("dist")).unwrap();
    for module in ["jwt-auth", "rate-limit"] {
        fs::write(folder.path().join(format!("dist/{module}.wasm")), "").unwrap();
    }
    let mut ran = 0;
    for block in blocks(&page) {
        match block {
            Block::File(name, text) => {
                // Envoy's files have no schema of ours, and JSON no comments.
                let named = text.lines().next().and_then(|line| line.split_once("$schema="));
                assert_eq!(
                    named.is_none(),
                    name == "envoy.yaml" || name.ends_with(".json"),
                    "{name}"
                );
                if let Some((_, schema)) = named {
                    assert!(folder.path().join(schema).is_file(), "{name}: {schema}");
                }
                fs::write(folder.path().join(name), text).unwrap();
            }
            Block::Console(commands) => {
                for (command, shown) in commands {
                    let program = command.split(' ').next().unwrap_or_default();
                    if !matches!(program, "edge-filters" | "sed") {
                        continue;
                    }
                    ran += 1;
                    let printed = run(&command, folder.path());
                    let lines: Vec<_> = printed.lines().collect();
                    assert!(
                        is_as_shown(&shown, &lines),
                        "$ {command}\nshown:\n{}\nprinted:\n{printed}",
                        shown.join("\n")
                    );
                }
            }
        }
    }
    assert!(ran >= 12, "{ran} commands");
}
