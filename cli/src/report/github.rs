use crate::check::{Report, Severity};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for finding in &report.findings {
        let command = match finding.rule.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let help = finding
            .help
            .as_ref()
            .map(|help| format!("\nhelp: {help}"))
            .unwrap_or_default();
        writeln!(
            out,
            "::{command} file={},line={},col={},title={}::{}",
            property(&finding.file),
            finding.at.line.max(1),
            finding.at.column.max(1),
            finding.rule.name(),
            data(&[finding.sentence(), help].concat())
        )?;
    }
    Ok(())
}

/// What GitHub's toolkit escapes in a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What it escapes in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
