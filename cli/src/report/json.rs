use crate::check::{Finding, Plugin, Report, Verdict};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let plugins: Vec<Value> = report.plugins.iter().map(plugin).collect();
    let document = json!({"filters": report.filters(), "plugins": plugins, "findings": findings});
    writeln!(out, "{document:#}")
}

fn plugin(plugin: &Plugin) -> Value {
    let (filter, reason) = match &plugin.verdict {
        Verdict::Checked(kind) => (Some(kind.name()), None),
        Verdict::NotRecognised(reason) => (None, Some(reason)),
    };
    json!({
        "file": plugin.file,
        "line": plugin.at.line,
        "column": plugin.at.column,
        "name": plugin.name,
        "filter": filter,
        "not_recognised": reason,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.rule.severity().name(),
        "rule": finding.rule.name(),
        "file": finding.file,
        "line": finding.at.line,
        "column": finding.at.column,
        "filter": finding.filter,
        "path": finding.path,
        "message": finding.message,
        "help": finding.help,
    })
}
