use crate::check::{Finding, Report, Severity};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let document = json!({"filters": report.filters, "findings": findings});
    writeln!(out, "{document:#}")
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": match finding.rule.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
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
