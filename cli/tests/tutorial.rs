//! `docs/tutorial.md`: its files are written, its commands run, and what they print is what the page shows. What needs Envoy
//! is in `integration/tests/tutorial.rs`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A block of the page.
enum Block {
    /// A file and what stands in it.
    File(String, String),
    /// Commands, each with the lines that it prints.
    Console(Vec<(String, Vec<String>)>),
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<String> = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .map(str::to_owned)
            .collect();
        if info == "console" {
            let mut commands: Vec<(String, Vec<String>)> = Vec::new();
            for line in body {
                match (line.strip_prefix("$ "), commands.last_mut()) {
                    (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
                    (None, Some((_, printed))) => printed.push(line),
                    (None, None) => panic!("{line}: printed by nothing"),
                }
            }
            found.push(Block::Console(commands));
        } else if let Some((_, file)) = info.split_once(' ') {
            found.push(Block::File(file.to_owned(), body.join("\n") + "\n"));
        }
    }
    found
}

/// Whether `printed` is what `shown` says, in which `…` stands for anything, and alone on a line for any lines.
fn is_as_shown(shown: &[String], printed: &[&str]) -> bool {
    match (shown.split_first(), printed.split_first()) {
        (None, None) => true,
        (Some((line, rest)), _) if line == "…" => {
            is_as_shown(rest, printed)
                || printed
                    .split_first()
                    .is_some_and(|(_, after)| is_as_shown(shown, after))
        }
        (Some((line, rest)), Some((first, after))) => is_like(line, first) && is_as_shown(rest, after),
        _ => false,
    }
}

fn is_like(shown: &str, printed: &str) -> bool {
    match shown.split_once('…') {
        None => shown == printed,
        Some((head, tail)) => printed.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(index, _)| index).chain([rest.len()]);
            starts
                .into_iter()
                .any(|start| is_like(tail, rest.get(start..).unwrap_or_default()))
        }),
    }
}

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
    let mut ran = 0;
    for block in blocks(&page) {
        match block {
            Block::File(name, text) => fs::write(folder.path().join(name), text).unwrap(),
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

#[test]
fn what_differs_is_noticed() {
    let shown = ["a", "…", "b …"].map(str::to_owned);
    assert!(is_as_shown(&shown, &["a", "x", "y", "b 1"]));
    assert!(is_as_shown(&shown, &["a", "b 1"]));
    assert!(!is_as_shown(&shown, &["a", "x"]));
    assert!(!is_as_shown(&shown, &["x", "b 1"]));
}
