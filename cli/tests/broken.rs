//! Realistic mistakes, each with all that `check` says of it: `broken/<name>` and beside it `<name>.txt`. After a change
//! of words, `EDGE_BLESS=1` writes the texts anew; read them before you keep them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_filters::{
    check::{Presence, Rule, check},
    find::Source,
    report::{Format, write},
};
use std::{collections::BTreeSet, fs, path::PathBuf};

fn broken() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "txt"))
        .collect();
    files.sort();
    files
}

/// A machine with this project's modules in `dist/`, and no other folders.
fn presence(_: &str, file: &str) -> Presence {
    let modules = [
        "cache-headers.wasm",
        "compression-negotiation.wasm",
        "edge-suite.wasm",
        "geo-routing.wasm",
        "jwt-auth.wasm",
        "rate-limit.wasm",
    ];
    match file.split_once('/') {
        Some(("dist", name)) if modules.contains(&name) => Presence::There,
        Some(("dist", _)) => Presence::Missing(modules.map(str::to_owned).into()),
        _ => Presence::Elsewhere,
    }
}

fn source(path: &std::path::Path) -> Source {
    Source {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        text: fs::read_to_string(path).unwrap(),
    }
}

#[test]
fn every_mistake_gets_its_message() {
    let files = broken();
    assert!(files.len() >= 60, "{}", files.len());
    let mut differing = Vec::new();
    for path in files {
        let sources = [source(&path)];
        let report = check(&sources, None, &presence);
        assert!(!report.findings.is_empty(), "{}: nothing to say", path.display());
        let mut text = Vec::new();
        write(
            &mut anstream::StripStream::new(&mut text),
            Format::Text,
            &report,
            &sources,
        )
        .unwrap();
        let text = String::from_utf8(text).unwrap();
        let expected = path.with_extension("txt");
        if std::env::var_os("EDGE_BLESS").is_some() {
            fs::write(&expected, &text).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != text {
            differing.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn every_kind_of_finding_is_shown() {
    let shown: BTreeSet<Rule> = broken()
        .iter()
        .flat_map(|path| check(&[source(path)], None, &presence).findings)
        .map(|finding| finding.rule)
        .collect();
    // These need more than a file: `commands.yaml` shows them.
    let elsewhere = [Rule::EnvoyRefuses, Rule::NotLookedAt];
    let missing: Vec<_> = Rule::ALL
        .iter()
        .filter(|rule| !shown.contains(rule) && !elsewhere.contains(rule))
        .map(|rule| rule.name())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn other_formats_say_the_same() {
    let sources: Vec<_> = broken().iter().map(|path| source(path)).collect();
    let report = check(&sources, None, &presence);
    let text = |format| {
        let mut text = Vec::new();
        write(&mut text, format, &report, &sources).unwrap();
        String::from_utf8(text).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&text(Format::Json)).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), report.findings.len());
    let sarif: serde_json::Value = serde_json::from_str(&text(Format::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), report.findings.len());
    for (result, finding) in results.iter().zip(&report.findings) {
        assert_eq!(result["ruleId"], finding.rule.name());
        assert_eq!(result["level"], finding.rule.severity().name());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(
            region["startLine"].as_u64().unwrap_or_default(),
            finding.at.line as u64
        );
    }
    let github = text(Format::Github);
    assert_eq!(github.lines().count(), report.findings.len());
    assert!(github.lines().all(|line| {
        ["::error file=", "::warning file=", "::notice file="]
            .iter()
            .any(|word| line.starts_with(word))
    }));
}
