use super::{Finding, Rule};
use crate::{
    FilterKind,
    document::{Position, Remark},
    find::{Configuration, Slot},
};
use http_filter::{ConfigError, document::nearest};
use serde_json::Value;

/// Hands a configuration to its filter, as the carrier would.
pub(super) fn check(slot: &Slot) -> Vec<Finding> {
    let filter = slot.kind.name();
    match &slot.configuration {
        Configuration::Malformed(malformed) => {
            return vec![Finding::new(Rule::Malformed, malformed.at, &*malformed.problem).about(filter, "")];
        }
        Configuration::WrongType(at, kind) => {
            let message =
                format!("found the message {kind:?}, expected a google.protobuf.Struct or StringValue");
            let help =
                "\"@type\": type.googleapis.com/google.protobuf.Struct, and the configuration under `value`";
            return vec![
                Finding::new(Rule::WrongMessage, *at, message)
                    .about(filter, "")
                    .help(help),
            ];
        }
        Configuration::None | Configuration::Document { .. } => {}
    }
    let (mut value, remarks) = slot.value();
    // Where a number may come as a text, that it does is nothing to say; a claim is then another one.
    let is_accepted = slot.kind.plugin(&value).is_ok();
    let mut findings: Vec<Finding> = remarks
        .into_iter()
        .filter(|remark| {
            !is_accepted || remark.rule != Rule::NumberBecomesText || is_compared(slot, remark.at)
        })
        .map(|remark| of_remark(remark).about(filter, ""))
        .collect();
    // A filter names the first mistake only: put right, or taken out, the next shows.
    let mut mended = false;
    let mut renamed = Vec::new();
    for _ in 0..MOST_MISTAKES {
        let Err(error) = slot.kind.plugin(&value) else {
            break;
        };
        if mended && is_missing(&error) {
            break;
        }
        findings.push(of_error(slot, &error, &as_written(error.path(), &renamed)));
        let better = suggestion(&error);
        mended = true;
        if let Some(better) = better.as_ref().filter(|_| unknown_field(&error)) {
            let (parent, _) = split_name(error.path());
            renamed.push(([parent, better].concat(), error.path().to_owned()));
        }
        if !mend(&mut value, error.path(), better.as_deref(), unknown_field(&error)) {
            break;
        }
    }
    findings
}

fn of_remark(remark: Remark) -> Finding {
    Finding::new(remark.rule, remark.at, remark.message).help(remark.help)
}

/// The path of a field in the file, where names were put right.
fn as_written(path: &str, renamed: &[(String, String)]) -> String {
    let step = |path: String, (right, written): &(String, String)| match path.strip_prefix(right.as_str()) {
        Some(rest) if rest.is_empty() || rest.starts_with(['.', '[']) => [written, rest].concat(),
        _ => path,
    };
    renamed.iter().rev().fold(path.to_owned(), step)
}

/// What comes before the last name of a path, and that name.
fn split_name(path: &str) -> (&str, &str) {
    let name = path.rsplit(['.', ']']).next().unwrap_or_default();
    (path.strip_suffix(name).unwrap_or_default(), name)
}

fn of_error(slot: &Slot, error: &ConfigError, path: &str) -> Finding {
    // Some filters suggest a name themselves.
    let problem = error.problem().split(" (did you mean").next().unwrap_or_default();
    let at = if unknown_field(error) {
        slot.locate(path)
    } else {
        slot.locate_value(path)
    };
    let finding = Finding::new(Rule::Refused, at, problem).about(slot.kind.name(), path);
    match (misplaced(slot, error), suggestion(error)) {
        (Some(help), _) => finding.help(help),
        (None, Some(name)) => finding.help(format!("did you mean `{name}`?")),
        (None, None) => finding,
    }
}

fn unknown_field(error: &ConfigError) -> bool {
    error.problem().contains("unknown field")
}

/// What to do where a whole configuration stands one level too deep, or a filter's where its suite's should.
fn misplaced(slot: &Slot, error: &ConfigError) -> Option<String> {
    let name = error.path();
    let (value, _) = slot.value();
    let member = value.get(name).filter(|_| unknown_field(error))?;
    if slot.kind == FilterKind::EdgeSuite {
        let owner = FilterKind::candidates(&value)
            .into_iter()
            .find(|kind| *kind != FilterKind::EdgeSuite)?;
        return Some(format!(
            "these are fields of {}: put them under `{}`",
            owner.name(),
            owner.section()
        ));
    }
    let is_whole = member.is_object() && FilterKind::candidates(member).contains(&slot.kind);
    is_whole.then(|| {
        format!(
            "the configuration of {} stands under it: leave `{name}` out",
            slot.kind.name()
        )
    })
}

/// The valid name nearest to the one that was found, where the filter says which are valid.
fn suggestion(error: &ConfigError) -> Option<String> {
    let problem = error.problem();
    let problem = problem.split(" (did you mean").next().unwrap_or_default();
    let (found, expected) = problem.split_once(", expected ")?;
    let wrong = if unknown_field(error) {
        split_name(error.path()).1
    } else {
        quoted(found)?
    };
    let words: Vec<_> = expected
        .split(|character: char| !(character.is_alphanumeric() || "_-".contains(character)))
        .filter(|word| !WORDS.contains(word) && *word != wrong)
        .collect();
    nearest(wrong, &words).map(str::to_owned)
}

/// The first thing in quotes or backticks.
fn quoted(text: &str) -> Option<&str> {
    let mut parts = text.split(['"', '`']);
    parts.next()?;
    parts.next()
}

/// Whether something isn't there, which may be our own doing.
fn is_missing(error: &ConfigError) -> bool {
    [
        "missing field",
        "found nothing",
        "found none",
        "found no section",
        "found an empty",
        "found neither",
    ]
    .iter()
    .any(|beginning| error.problem().starts_with(beginning))
}

/// Whether the value at `at` is one that claims are compared with, for which a number and a text are two things.
fn is_compared(slot: &Slot, at: Position) -> bool {
    let Configuration::Document { node, .. } = &slot.configuration else {
        return false;
    };
    let mut found = false;
    node.walk(&mut |part| {
        if let Some(claims) = part.get("claims") {
            claims.walk(&mut |value| found |= value.at == at);
        }
    });
    found
}

/// Takes the member at `path` out of a document, or puts it right: `better` is its name where `renames`, else its value.
fn mend(value: &mut Value, path: &str, better: Option<&str>, renames: bool) -> bool {
    let inner = |rest: &str| rest.strip_prefix('.').unwrap_or(rest).to_owned();
    match value {
        Value::Object(members) => {
            if let Some(member) = members.get_mut(path) {
                match better.filter(|_| !renames && member.is_string()) {
                    Some(better) => *member = Value::from(better),
                    None => {
                        let member = members.remove(path).unwrap_or_default();
                        if let Some(name) = better.filter(|_| renames) {
                            members.entry(name).or_insert(member);
                        }
                    }
                }
                return true;
            }
            members.iter_mut().any(|(own, member)| {
                let rest = path.strip_prefix(own.as_str());
                let rest = rest.filter(|rest| rest.starts_with(['.', '[']));
                rest.is_some_and(|rest| mend(member, &inner(rest), better, renames))
            })
        }
        Value::Array(items) => {
            let Some((index, rest)) = path.strip_prefix('[').and_then(|path| path.split_once(']')) else {
                return false;
            };
            let Some(item) = index.parse::<usize>().ok().and_then(|index| items.get_mut(index)) else {
                return false;
            };
            match (rest, better) {
                ("", Some(better)) if item.is_string() => *item = Value::from(better),
                // Without it, later items would have other numbers, and mistakes other places.
                ("", _) => return false,
                (rest, _) => return mend(item, &inner(rest), better, renames),
            }
            true
        }
        _ => false,
    }
}

const MOST_MISTAKES: usize = 20;
/// Words that say something of the names, and are none.
const WORDS: [&str; 12] = [
    "", "a", "an", "and", "each", "once", "of", "one", "or", "such", "as", "the",
];
