use crate::check::{Finding, Report, Rule};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| described(*rule)).collect();
    let results: Vec<Value> = report.findings.iter().map(result).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "edge-filters",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    writeln!(out, "{document:#}")
}

fn described(rule: Rule) -> Value {
    json!({
        "id": rule.name(),
        "shortDescription": {"text": rule.description()},
        "defaultConfiguration": {"level": level(rule)},
    })
}

fn level(rule: Rule) -> &'static str {
    rule.severity().name()
}

fn result(finding: &Finding) -> Value {
    let text = match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.sentence()),
        None => finding.sentence(),
    };
    let file = json!({"uri": uri(&finding.file)});
    let location = if finding.at.line > 0 {
        let region = json!({"startLine": finding.at.line, "startColumn": finding.at.column.max(1)});
        json!({"artifactLocation": file, "region": region})
    } else {
        json!({"artifactLocation": file})
    };
    json!({
        "ruleId": finding.rule.name(),
        "level": level(finding.rule),
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    })
}

/// A path as a relative reference (RFC 3986 §4.2).
fn uri(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            b'\\' => "/".to_owned(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
