use crate::{
    check::{Finding, Report, Severity, Verdict},
    find::Source,
    style::{self, styled},
};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, report: &Report, sources: &[Source]) -> io::Result<()> {
    for finding in &report.findings {
        let source = sources.iter().find(|source| source.name == finding.file);
        finding_text(out, finding, source)?;
    }
    let count = |severity| {
        let of_it = report
            .findings
            .iter()
            .filter(|finding| finding.rule.severity() == severity);
        of_it.count()
    };
    let (errors, warnings, notes) = (
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note),
    );
    let plural = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    };
    for plugin in &report.plugins {
        let verdict = match &plugin.verdict {
            Verdict::Checked(kind) => format!("checked as {}", kind.name()),
            Verdict::NotRecognised(_) => "not checked: not recognised".to_owned(),
        };
        let place = format_args!("{}:{}:{}", plugin.file, plugin.at.line, plugin.at.column);
        writeln!(out, "{} {}: {verdict}", styled(style::PLACE, place), plugin.name)?;
    }
    let filters = plural(report.filters(), "configuration");
    let notes = match notes {
        0 => String::new(),
        some => format!(", {}", plural(some, "note")),
    };
    if errors + warnings == 0 && report.is_all_looked_at() {
        let said = if notes.is_empty() {
            ", nothing to say"
        } else {
            &notes
        };
        return writeln!(out, "{}: {filters}{said}", styled(style::GOOD, "ok"));
    }
    writeln!(
        out,
        "{filters}: {}, {}{notes}",
        plural(errors, "error"),
        plural(warnings, "warning")
    )
}

fn finding_text(out: &mut dyn Write, finding: &Finding, source: Option<&Source>) -> io::Result<()> {
    let (word, colour) = match finding.rule.severity() {
        Severity::Error => ("error", style::ERROR),
        Severity::Warning => ("warning", style::WARNING),
        Severity::Note => ("note", style::HELP),
    };
    writeln!(
        out,
        "{}: {}",
        styled(colour, format_args!("{word}[{}]", finding.rule.name())),
        styled(style::STRONG, finding.sentence())
    )?;
    let bar = styled(style::PLACE, "|");
    let (line, column) = (finding.at.line, finding.at.column.max(1));
    if line == 0 {
        writeln!(out, "  {} {}", styled(style::PLACE, "-->"), finding.file)?;
    } else {
        let width = line.to_string().len();
        writeln!(
            out,
            "{:width$}{} {}:{line}:{column}",
            "",
            styled(style::PLACE, "-->"),
            finding.file
        )?;
        if let Some(text) = source.and_then(|source| source.text.lines().nth(line - 1)) {
            let (text, column) = excerpt(text, column);
            writeln!(out, "{:width$} {bar}", "")?;
            writeln!(out, "{} {bar} {text}", styled(style::PLACE, line))?;
            writeln!(
                out,
                "{:width$} {bar} {:>column$}",
                "",
                styled(colour, "^"),
                column = column + styled(colour, "^").len() - 1
            )?;
        }
    }
    if let Some(help) = &finding.help {
        writeln!(out, "  {} {help}", styled(style::HELP, "help:"))?;
    }
    writeln!(out)
}

/// A line as far as it fits, around the column.
fn excerpt(line: &str, column: usize) -> (String, usize) {
    let line = line.replace('\t', " ");
    if line.chars().count() <= WIDEST {
        return (line, column);
    }
    let from = column.saturating_sub(WIDEST / 2);
    let mut text: String = line.chars().skip(from).take(WIDEST).collect();
    if from > 0 {
        text.insert(0, '…');
    }
    (text, column - from + usize::from(from > 0))
}

const WIDEST: usize = 120;
