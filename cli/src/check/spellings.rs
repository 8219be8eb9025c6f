use super::{Finding, Placed, Rule, members::members};
use crate::{
    FilterKind,
    find::{Assembled, Slot},
};
use serde_json::Value;

/// What spellings of a path lead elsewhere than they should: to routes that Envoy finds by paths as they come, and through rules that
/// leave open what they don't name.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    let careless = assembled
        .chain
        .connection
        .as_ref()
        .filter(|manager| !manager.normalises_paths);
    for (file, slot) in assembled.slots() {
        let (value, _) = slot.value();
        if let Some(manager) = careless
            && let Some(path) = path_condition(&value)
        {
            let message = "goes by the path, and the connection manager leaves paths as they come: its routes, and filters of others, take `/x/../a` for another path than this filter does";
            let help = format!(
                "set `normalize_path: true`, `merge_slashes: true` and `path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT` on the connection manager (line {})",
                manager.at.line
            );
            let finding = Finding::new(Rule::PathsAsTheyCome, slot.locate(&path), message);
            found.push((file, finding.about(slot.kind.name(), path).help(help)));
        }
        if slot.kind == FilterKind::JwtAuth {
            found.extend(open_rest(slot, &value).map(|finding| (file, finding)));
        }
    }
    found
}

/// The first condition on a path.
fn path_condition(value: &Value) -> Option<String> {
    members(value).into_iter().map(|(path, _)| path).find(|path| {
        [".match.path", ".except.path"]
            .iter()
            .any(|end| path.ends_with(end))
    })
}

/// A last rule that lets anyone pass, behind rules that protect some paths, whatever the method.
fn open_rest(slot: &Slot, value: &Value) -> Option<Finding> {
    let (last, earlier) = value.get("rules")?.as_array()?.split_last()?;
    let is_for_all = last["match"].as_object().is_none_or(serde_json::Map::is_empty);
    let protects = |rule: &Value| {
        let conditions = &rule["match"];
        rule["allow"] != "anyone" && !conditions["path"].is_null() && conditions["methods"].is_null()
    };
    if last["allow"] != "anyone" || !is_for_all || !earlier.iter().any(protects) {
        return None;
    }
    let path = format!("rules[{}].allow", earlier.len());
    let message = "lets everybody have what no rule names: a new path of the upstream, or another case of one where it doesn't tell cases apart";
    let help = "name what is open and require a token of the rest; or `ignore_case: true` beside the paths that are protected";
    let finding = Finding::new(Rule::OpenRest, slot.locate_value(&path), message);
    Some(finding.about(slot.kind.name(), path).help(help))
}
