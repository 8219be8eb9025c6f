use super::{Finding, Placed, Rule, covering::covers};
use crate::{FilterKind, find::Assembled};
use serde_json::{Value, json};

/// Clients from nobody knows where: rules that route them past the fallback; and the Union where the Economic Area may be
/// meant.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    for (file, slot) in assembled
        .slots()
        .filter(|(_, slot)| slot.kind == FilterKind::GeoRouting)
    {
        let (value, _) = slot.value();
        if slot.kind.plugin(&value).is_err() {
            continue;
        }
        let rules = value
            .get("rules")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        if let Some((index, region, fallback)) = past_fallback(rules, value.get("fallback")) {
            let path = format!("rules[{index}].route");
            let message = format!(
                "clients whose country nobody knows are routed to {region:?} here, and the fallback {fallback:?} never serves them"
            );
            let help = format!(
                "before it: {{when: {{unknown: true}}, route: {fallback}}}, or a `when` that names where the others are"
            );
            let finding = Finding::new(Rule::PastFallback, slot.locate_value(&path), message);
            found.push((file, finding.about(slot.kind.name(), path).help(help)));
        }
        let mentions = |country: &str| value.to_string().contains(&format!("\"{country}\""));
        if ["IS", "LI", "NO"].into_iter().all(mentions) {
            continue;
        }
        for (index, rule) in rules.iter().enumerate() {
            if let Some(path) = rule
                .get("when")
                .and_then(|when| union(when, &format!("rules[{index}].when")))
            {
                let message = "the Union's 27 members; the GDPR holds in the European Economic Area, which has Iceland (IS), Liechtenstein (LI) and Norway (NO) besides";
                let finding = Finding::new(Rule::UnionOrArea, slot.locate(&path), message);
                let help = "if that is meant: a group of the three, `groups: {efta: [IS, LI, \"NO\"]}`, and the same rule for it with `when: {group: efta}`";
                found.push((file, finding.about(slot.kind.name(), path).help(help)));
                break;
            }
        }
    }
    found
}

/// The first rule that routes every unknown client somewhere else than to the fallback: its number, region, fallback.
fn past_fallback<'a>(rules: &'a [Value], fallback: Option<&'a Value>) -> Option<(usize, &'a str, &'a str)> {
    let fallbacks: Vec<&str> = match fallback? {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    };
    let any_path = json!({"path": "/*"});
    for (index, rule) in rules.iter().enumerate() {
        let is_for_unknown = rule
            .get("when")
            .is_none_or(|when| holds_for_unknown(when) == Some(true));
        let is_for_all = is_for_unknown && rule.get("except").is_none() && covers(&rule["match"], &any_path);
        if !is_for_all {
            continue;
        }
        let region = rule
            .get("route")
            .and_then(Value::as_str)
            .filter(|region| *region != "nearest");
        let first = fallbacks.first().copied()?;
        // Whoever asks for unknown clients means them.
        let is_meant = rule.get("when").is_some_and(|when| when.get("unknown").is_some());
        return region
            .filter(|region| !is_meant && !fallbacks.contains(region))
            .map(|region| (index, region, first));
    }
    None
}

/// Whether a place's condition holds for a client whose place is unknown; `None` where that can't be told.
fn holds_for_unknown(when: &Value) -> Option<bool> {
    let conditions = when.as_object()?;
    let mut all = true;
    for (name, condition) in conditions {
        all &= match name.as_str() {
            "unknown" => condition.as_bool()?,
            "not" => !holds_for_unknown(condition)?,
            "eu" => condition == &Value::Bool(false),
            _ => false,
        };
    }
    Some(all)
}

/// The path of a condition that asks for the Union.
fn union(when: &Value, path: &str) -> Option<String> {
    let conditions = when.as_object()?;
    if conditions.get("eu").is_some() {
        return Some(format!("{path}.eu"));
    }
    union(conditions.get("not")?, &format!("{path}.not"))
}

#[cfg(test)]
mod tests {
    use super::past_fallback;
    use serde_json::json;

    #[test]
    fn who_gets_past_the_fallback() {
        for (name, rules, fallback, expected) in [
            (
                "a last rule for all",
                json!([{"when": {"eu": true}, "route": "eu"}, {"route": "us"}]),
                json!("eu"),
                Some(1),
            ),
            ("by distance", json!([{"route": "nearest"}]), json!("eu"), None),
            ("to the fallback", json!([{"route": "eu"}]), json!("eu"), None),
            (
                "to one of them",
                json!([{"route": "us"}]),
                json!(["eu", "us"]),
                None,
            ),
            (
                "not in a place",
                json!([{"when": {"not": {"country": "DE"}}, "route": "us"}]),
                json!("eu"),
                Some(0),
            ),
            (
                "not unknown",
                json!([{"when": {"not": {"unknown": true}}, "route": "us"}]),
                json!("eu"),
                None,
            ),
            (
                "asked for",
                json!([{"when": {"unknown": true}, "route": "us"}, {"route": "us"}]),
                json!("eu"),
                None,
            ),
            (
                "asked for before",
                json!([{"when": {"unknown": true}, "route": "eu"}, {"route": "us"}]),
                json!("eu"),
                None,
            ),
            (
                "some requests",
                json!([{"match": {"path": "/legacy/*"}, "route": "us"}, {"route": "nearest"}]),
                json!("eu"),
                None,
            ),
            (
                "every path",
                json!([{"match": {"path": "/*"}, "route": "us"}]),
                json!("eu"),
                Some(0),
            ),
            (
                "an empty match",
                json!([{"match": {}, "route": "us"}]),
                json!("eu"),
                Some(0),
            ),
        ] {
            let rules = rules.as_array().cloned().unwrap_or_default();
            let found = past_fallback(&rules, Some(&fallback));
            assert_eq!(found.map(|(index, ..)| index), expected, "{name}");
        }
    }
}
