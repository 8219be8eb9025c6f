use super::{Finding, Placed, Rule};
use crate::find::Assembled;
use http_filter::document::nearest;
use serde_json::Value;

/// Clusters that a configuration names and the bootstrap doesn't have.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let Some(clusters) = &assembled.chain.clusters else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        let mut named = Vec::new();
        collect(&slot.value().0, String::new(), &mut named);
        for (path, name) in named {
            if clusters.contains(&name) {
                continue;
            }
            let message = format!("found the cluster {name:?}, expected one that this file has");
            let finding =
                Finding::new(Rule::UnknownCluster, slot.locate(&path), message).about(slot.kind.name(), path);
            let help = match nearest(&name, &clusters.iter().map(String::as_str).collect::<Vec<_>>()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("clusters here: {}", clusters.join(", ")),
            };
            found.push((file, finding.help(help)));
        }
    }
    found
}

/// Every member `cluster` that is a text.
fn collect(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                let path = [&path, dot, name].concat();
                match member {
                    Value::String(text) if name == "cluster" => found.push((path, text.clone())),
                    member => collect(member, path, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{path}[{index}]"), found);
            }
        }
        _ => {}
    }
}
