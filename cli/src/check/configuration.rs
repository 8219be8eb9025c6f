use super::{
    Finding, Rule, foreign,
    mending::{is_below, mend, parent, split_name, take_out},
};
use crate::{
    FilterKind,
    document::{Position, Remark},
    find::{Configuration, Slot},
};
use http_filter::{ConfigError, document::nearest};

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
    let mut taken = Vec::new();
    let mut renamed = Vec::new();
    for _ in 0..MOST_MISTAKES {
        let Err(error) = slot.kind.plugin(&value) else {
            break;
        };
        if follows(&error, &taken) {
            let Some(path) = take_out(&mut value, error.path()) else {
                break;
            };
            taken.push(path);
            continue;
        }
        findings.push(of_error(slot, &error, &as_written(error.path(), &renamed)));
        let better = suggestion(&error);
        let renames = unknown_field(&error);
        match better.as_ref().filter(|_| renames) {
            Some(better) => {
                let (parent, _) = split_name(error.path());
                renamed.push(([parent, better].concat(), error.path().to_owned()));
            }
            None => taken.push(error.path().to_owned()),
        }
        let is_mended = mend(&mut value, error.path(), better.as_deref(), renames);
        if !is_mended {
            let Some(path) = take_out(&mut value, parent(error.path())) else {
                break;
            };
            taken.push(path);
        }
    }
    findings
}

/// Whether a mistake is there only since the members at the paths in `taken` are not: it is said of what they stood in, of what
/// should stand beside them, or of a name that was theirs.
fn follows(error: &ConfigError, taken: &[String]) -> bool {
    if unknown_field(error) {
        return false;
    }
    let around = if is_missing(error) || is_of_others(error) {
        parent(error.path())
    } else {
        error.path()
    };
    let quoted = error.problem().split(['"', '`']).skip(1).step_by(2);
    let names: Vec<_> = quoted.filter(|name| !name.is_empty()).collect();
    let is_named = |path: &str| path.split(['.', '[', ']']).any(|step| names.contains(&step));
    taken.iter().any(|path| is_below(path, around) || is_named(path))
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

fn of_error(slot: &Slot, error: &ConfigError, path: &str) -> Finding {
    // Some filters suggest a name themselves.
    let problem = error.problem().split(" (did you mean").next().unwrap_or_default();
    let at = if unknown_field(error) {
        slot.locate(path)
    } else {
        slot.locate_value(path)
    };
    let finding = Finding::new(Rule::Refused, at, problem).about(slot.kind.name(), path);
    let help = misplaced(slot, error)
        .or_else(|| in_our_words(slot, error).map(str::to_owned))
        .or_else(|| suggestion(error).map(|name| format!("did you mean `{name}`?")))
        .or_else(|| how_to_write(error));
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// How to say what another proxy's word says.
fn in_our_words(slot: &Slot, error: &ConfigError) -> Option<&'static str> {
    let (_, name) = split_name(error.path());
    foreign::in_our_words(slot.kind, name).filter(|_| unknown_field(error))
}

/// How a value is written whose sense is plain.
fn how_to_write(error: &ConfigError) -> Option<String> {
    let (found, expected) = error
        .problem()
        .strip_prefix("found ")?
        .split_once(", expected ")?;
    let (_, name) = split_name(error.path());
    if expected.starts_with("a duration") {
        return Some(match found.parse::<u64>() {
            Ok(seconds) => format!("write it with its unit: `{seconds}s`"),
            Err(_) => "units are ms, s, m, h, d, w and y, without a space: `1m`, `1h30m`".to_owned(),
        });
    }
    let is_policy = expected == "an object" && ["browser", "cdn", "surrogate"].contains(&name);
    is_policy.then(|| "write directives as fields: {public: true, max_age: 1y}".to_owned())
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

/// Whether it's said of one thing, and due to what stands beside it.
fn is_of_others(error: &ConfigError) -> bool {
    ["found a rule ", "found 0 of them", "found another combination"]
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

const MOST_MISTAKES: usize = 20;
/// Words that say something of the names, and are none.
const WORDS: [&str; 12] = [
    "", "a", "an", "and", "each", "once", "of", "one", "or", "such", "as", "the",
];
