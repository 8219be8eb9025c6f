use super::{Finding, Placed, Rule, members::members};
use crate::find::Assembled;
use http_fields::is_token;
use serde_json::Value;

/// Conditions that no request meets, so that their rule does nothing.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        let (value, _) = slot.value();
        if slot.kind.plugin(&value).is_err() {
            continue;
        }
        for (path, wanted) in members(&value) {
            if let Some((message, help)) = of_elsewhere(&path, wanted) {
                let finding = Finding::new(Rule::PathOfElsewhere, slot.locate_value(&path), message);
                found.push((file, finding.about(slot.kind.name(), path).help(help)));
                continue;
            }
            let Some((kind, name)) = condition(&path).filter(|_| *wanted != Value::Bool(false)) else {
                continue;
            };
            if let Some((message, help)) = dead(kind, name, wanted) {
                let finding = Finding::new(Rule::DeadCondition, slot.locate(&path), message);
                found.push((file, finding.about(slot.kind.name(), path).help(help)));
            }
        }
    }
    found
}

/// A path that is written as regular expressions and other routers' templates are, and is taken as it stands.
fn of_elsewhere(path: &str, wanted: &Value) -> Option<(String, &'static str)> {
    let is_of_a_match = [".match.", ".except."].iter().any(|part| path.contains(part));
    let name = path.trim_end_matches(|letter: char| "[]0123456789".contains(letter));
    let text = wanted
        .as_str()
        .filter(|_| is_of_a_match && name.ends_with(".path"))?;
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    // `/.*` is what begins with a dot.
    let is_expression = has(&[".+", "[0-9", "[a-z", "[^", "\\d", "\\w", "\\."])
        || (text.contains("/.*") && text != "/.*")
        || (has(&["("]) && has(&["|"]))
        || text.ends_with('$');
    if is_expression {
        return Some((
            format!("found {text:?}, which looks like a regular expression: it's taken letter for letter"),
            "a path is exact (/a), ends in a star (/a/*) or begins with one (*.css), or has names (/a/{id})",
        ));
    }
    let is_name = |segment: &str| {
        segment
            .strip_prefix(':')
            .is_some_and(|name| name.starts_with(char::is_alphabetic))
    };
    text.split('/').any(is_name).then(|| {
        (
            format!(
                "found {text:?}, which looks like another router's template: it's taken letter for letter"
            ),
            "write names in braces: /users/{id}",
        )
    })
}

/// What a member of a `match` or an `except` asks for: `headers`, `cookies` or `query`, and the name.
fn condition(path: &str) -> Option<(&str, &str)> {
    let (_, rest) = path
        .rsplit_once(".match.")
        .or_else(|| path.rsplit_once(".except."))?;
    let (kind, name) = rest.split_once('.')?;
    ["headers", "cookies", "query"]
        .contains(&kind)
        .then_some((kind, name))
}

fn dead(kind: &str, name: &str, wanted: &Value) -> Option<(String, &'static str)> {
    let text = wanted.as_str().unwrap_or_default();
    let message = "no request meets this condition: ";
    let because = |why: &str, help| Some(([message, why].concat(), help));
    match kind {
        "headers" if name.eq_ignore_ascii_case("host") => because(
            "Envoy takes Host for the authority",
            "`host` beside `headers`, instead",
        ),
        "cookies" if !is_token(name.as_bytes()) => because(
            "this is no cookie's name (RFC 6265 §4.1.1)",
            "letters, digits and !#$%&'*+-.^_`|~",
        ),
        "cookies" if text.contains(';') || text.trim() != text => because(
            "no cookie has `;`, or white space at an end, in its value",
            "the value as the client sends it, escapes and all",
        ),
        "headers"
            if text.trim() != text || text.chars().any(|letter| letter.is_control() && letter != '\t') =>
        {
            because(
                "no header has controls, or white space at an end, in its value",
                "the value without them",
            )
        }
        _ => None,
    }
}
