//! `edge-filters check` beside `envoy --mode validate`, over bootstraps with a mistake each: whatever Envoy refuses for a cause in or
//! around our filters, `check` refuses or names; and what `check` says that Envoy refuses, Envoy does refuse.
//!
//! `EDGE_MUTATIONS` says how many (40), `EDGE_SEED` where to begin.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod mutation;

use edge_demo::tool;
use edge_filters::{
    check::{Presence, Rule, Severity, check},
    find::Source,
    recipes::ALL,
};
use mutation::{Dice, mutate};
use serde_json::Value;
use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

fn presence(_: &str, file: &str) -> Presence {
    if tool::root().join(file).is_file() {
        Presence::There
    } else {
        Presence::Missing(Vec::new())
    }
}

/// What `check` finds but for notes: rule and words.
fn findings(text: &str) -> BTreeSet<(Rule, String)> {
    let source = Source {
        name: "envoy.json".to_owned(),
        text: text.to_owned(),
    };
    let report = check(&[source], None, &presence);
    report
        .findings
        .into_iter()
        .filter(|finding| finding.rule.severity() != Severity::Note)
        .map(|finding| (finding.rule, finding.sentence()))
        .collect()
}

/// Why Envoy refuses a file, if it does.
fn refusal(envoy: &Path, file: &Path) -> Option<String> {
    let output = Command::new(envoy)
        .current_dir(tool::root())
        .args(["--mode", "validate", "--log-level", "error", "--config-path"])
        .arg(file)
        .output()
        .unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Findings by which Envoy's reader, not only the filter, must refuse the file.
const REFUSED_BY_ENVOY: [Rule; 5] = [
    Rule::UnknownField,
    Rule::WrongValue,
    Rule::MissingField,
    Rule::Router,
    Rule::NoModule,
];

#[test]
fn whatever_envoy_refuses_check_names() {
    let envoy = tool::from_script("envoy").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut bases = Vec::new();
    for entry in fs::read_dir(tool::root().join("envoy")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            bases.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    bases.extend(
        ALL.iter()
            .map(|recipe| (recipe.name.to_owned(), recipe.policy.to_owned())),
    );
    let read = |(name, text): (String, String)| (name, serde_yaml_ng::from_str::<Value>(&text).unwrap());
    let mut bases: Vec<_> = bases.into_iter().map(read).collect();
    bases.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut missed, mut false_alarms) = (Vec::new(), Vec::new());
    let (mut named, mut asked, mut refused) = (0, 0, 0);
    let (first, count) = (number("EDGE_SEED", 1), number("EDGE_MUTATIONS", 40));
    for seed in first..first + count {
        let mut dice = Dice::new(seed);
        let (name, base) = dice.one_of(&bases);
        let mut document = base.clone();
        let Some(done) = mutate(&mut document, &mut dice) else {
            continue;
        };
        // As JSON, in which a text is a text: YAML is written with words that Envoy's reader takes for booleans.
        let text = format!("{document:#}");
        let known = findings(&format!("{base:#}"));
        let found: Vec<_> = findings(&text)
            .into_iter()
            .filter(|finding| !known.contains(finding))
            .collect();
        let alarm = found.iter().find(|(rule, _)| REFUSED_BY_ENVOY.contains(rule));
        // What `check` names it names, whatever Envoy says; whether Envoy refuses it too is asked of some.
        if !found.is_empty() && (alarm.is_none() || seed % 6 != 0) {
            named += 1;
            continue;
        }
        let file = folder.path().join("envoy.json");
        fs::write(&file, &text).unwrap();
        let said = refusal(&envoy, &file);
        asked += 1;
        refused += u64::from(said.is_some());
        match (said, alarm) {
            (Some(said), _) if found.is_empty() => {
                missed.push(format!("{seed} {name}: {done}\n  Envoy: {}", said.trim()))
            }
            (None, Some((rule, sentence))) => {
                false_alarms.push(format!(
                    "{seed} {name}: {done}\n  check: {}: {sentence}",
                    rule.name()
                ));
            }
            _ => {}
        }
    }
    println!(
        "{count} mistakes: {named} named by check, {asked} handed to Envoy besides, which refused {refused}"
    );
    assert!(
        named * 3 >= count,
        "{named} of {count} named: the mistakes are too mild, or check is"
    );
    assert!(
        missed.is_empty() && false_alarms.is_empty(),
        "Envoy refuses, check has nothing to say ({}):\n{}\n\ncheck says that Envoy refuses, Envoy takes it ({}):\n{}",
        missed.len(),
        missed.join("\n"),
        false_alarms.len(),
        false_alarms.join("\n")
    );
}
