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
