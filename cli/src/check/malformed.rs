use super::{Finding, Rule};
use crate::document::Malformed;

/// A file that is neither YAML nor JSON: what the parser says, and what mostly is the reason.
pub(super) fn finding(text: &str, malformed: Malformed) -> Finding {
    let line = text
        .lines()
        .nth(malformed.at.line.saturating_sub(1))
        .unwrap_or_default();
    let finding = Finding::new(Rule::Malformed, malformed.at, malformed.problem);
    match reason(text, line, &finding.message) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn reason(text: &str, line: &str, problem: &str) -> Option<&'static str> {
    if text.contains("{{") && (text.contains(".Values") || text.contains("{{-") || line.contains("{{")) {
        return Some(
            "this is a template: render it, and check what comes of it (`helm template … | edge-filters check -`)",
        );
    }
    if problem.contains("tab") {
        return Some("indent with spaces: YAML takes no tabs");
    }
    let begins = |part: &str| text.lines().any(|line| line.trim_start().starts_with(part));
    if begins("//") || begins("/*") {
        return Some("JSON has no comments; in YAML they begin with #");
    }
    if problem.contains("unknown anchor") {
        return Some(
            "in YAML a text that begins with * needs quotes (\"*.css\"); `*name` repeats what `&name` marks in the same file",
        );
    }
    if problem.contains("escape character") {
        return Some(
            "in double quotes a backslash begins an escape: write single quotes, or / in place of \\",
        );
    }
    let is_expression = ["^/", "[0-9", "[^", "(.*", ".*$"]
        .iter()
        .any(|part| line.contains(part));
    if is_expression {
        return Some(
            "this looks like a regular expression, which no filter takes: a path is exact (/a), ends in a star (/a/*, *.css), or has names (/a/{id})",
        );
    }
    None
}
