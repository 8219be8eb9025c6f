//! The page of the demo mesh names the rule of jwt-auth and of rate-limit that each of its requests comes to. `explain` knows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn requests_come_to_the_rules_that_the_page_names() {
    let folder = tempfile::tempdir().unwrap();
    let mint = "jwt mint --new-key ES256 --key key.json --jwks-out jwks.json --iss https://idp.example.com --aud edge --sub alice --scope compute";
    fs::write(folder.path().join("token"), run(mint, folder.path())).unwrap();
    let requests = requests();
    assert!(requests.len() >= 6, "{requests:?}");
    for request in requests {
        let explain = format!(
            "explain -c {} --cluster idp=jwks.json --oauth2-bearer @token -X {} http://localhost:10000{}",
            root().join("envoy/chain.yaml").display(),
            request.method,
            request.path,
        );
        let said = run(&explain, folder.path());
        for (index, (filter, number)) in request.rules.into_iter().enumerate() {
            let part = said
                .split(&format!("\n{} {filter} ", index + 1))
                .nth(1)
                .unwrap_or_default();
            let rule = part
                .lines()
                .find(|line| line.trim_start().starts_with("rule "))
                .unwrap_or_default();
            assert!(
                rule.contains(&format!(" rules[{number}] ")),
                "{} {filter}: not rules[{number}]:\n{said}",
                request.path
            );
        }
    }
}

#[derive(Debug)]
struct Request {
    method: String,
    path: String,
    rules: Vec<(String, String)>,
}

/// As `choices.….js` has them.
fn requests() -> Vec<Request> {
    let assets = root().join("mesh/site/public/assets");
    let file = fs::read_dir(assets)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("choices.")
        })
        .unwrap();
    let text = fs::read_to_string(file).unwrap();
    let quoted = |text: &str| text.split('\'').nth(1).unwrap().to_owned();
    let rules = |text: &str| {
        let inner = text.split(['{', '}']).nth(1).unwrap();
        let one = |pair: &str| {
            let (name, number) = pair.split_once(':').unwrap();
            (quoted(name), number.trim().to_owned())
        };
        inner.split(',').map(one).collect::<Vec<_>>()
    };
    let reading = rules(text.split("const READING =").nth(1).unwrap());
    let (_, list) = text.split_once("REQUESTS = [").unwrap();
    let (list, _) = list.split_once("\n];").unwrap();
    list.split("method:")
        .skip(1)
        .map(|request| {
            let named = request.split("rules:").nth(1).unwrap();
            Request {
                method: quoted(request),
                path: quoted(request.split("path:").nth(1).unwrap()),
                rules: if named.starts_with(" READING") {
                    reading.clone()
                } else {
                    rules(named)
                },
            }
        })
        .collect()
}

fn run(arguments: &str, folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_edge-filters"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
