use super::Outcome;
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    let failed = |outcomes: &[&Outcome]| outcomes.iter().filter(|outcome| !outcome.is_good()).count();
    let all: Vec<_> = outcomes.iter().collect();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites tests="{}" failures="{}">"#,
        all.len(),
        failed(&all)
    )?;
    let mut rest = all.as_slice();
    while let Some(first) = rest.first() {
        let length = rest
            .iter()
            .take_while(|outcome| outcome.file == first.file)
            .count();
        let (suite, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        rest = after;
        let file = escaped(&first.file);
        writeln!(
            out,
            r#"  <testsuite name="{file}" tests="{}" failures="{}">"#,
            suite.len(),
            failed(suite)
        )?;
        for outcome in suite {
            case(out, outcome, &file)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(out: &mut dyn Write, outcome: &Outcome, file: &str) -> io::Result<()> {
    let head = format!(
        r#"    <testcase name="{}" classname="{file}" file="{file}" line="{}""#,
        escaped(&outcome.name),
        outcome.line
    );
    if outcome.is_good() {
        return writeln!(out, "{head}/>");
    }
    let lines: Vec<_> = outcome
        .differences
        .iter()
        .map(|difference| match difference.exchange {
            Some((exchange, time)) => format!("exchange {exchange}, time {time}: {}", difference.mismatch),
            None => difference.mismatch.to_string(),
        })
        .collect();
    writeln!(out, "{head}>")?;
    let first = lines.first().map(String::as_str).unwrap_or_default();
    writeln!(
        out,
        r#"      <failure message="{}">{}</failure>"#,
        escaped(first),
        escaped(&lines.join("\n"))
    )?;
    writeln!(out, "    </testcase>")
}

/// As text or attribute of XML 1.0, which has no characters for most controls.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
