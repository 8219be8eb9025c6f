use super::{Finding, Placed, Rule, covering::covers};
use crate::FilterKind;
use crate::find::Assembled;
use serde_json::Value;

/// Rules that stand behind one that takes all their requests: of several the first holds.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        let (value, _) = slot.value();
        // What the filter refuses is another finding, and its rules mean nothing.
        if value.get("evaluate").is_some_and(|evaluate| evaluate == "all")
            || slot.kind.plugin(&value).is_err()
        {
            continue;
        }
        let rules = value.get("rules").and_then(Value::as_array);
        let rules = rules.map(Vec::as_slice).unwrap_or_default();
        for (index, rule) in rules.iter().enumerate() {
            let earlier = rules
                .iter()
                .take(index)
                .position(|earlier| takes_all(slot.kind, earlier, rule));
            if let Some(earlier) = earlier {
                let path = format!("rules[{index}]");
                let message =
                    format!("no request can reach this rule: rules[{earlier}] takes all that it is for");
                let finding = Finding::new(Rule::UnreachableRule, slot.locate(&path), message);
                let help = format!("move it before rules[{earlier}], or remove it");
                found.push((file, finding.about(slot.kind.name(), path).help(help)));
            }
        }
    }
    found
}

fn takes_all(kind: FilterKind, earlier: &Value, later: &Value) -> bool {
    // What a rule is for by place, and what it is not for, is compared as it's written.
    let same = |name: &str| earlier[name].is_null() || earlier[name] == later[name];
    if kind == FilterKind::GeoRouting && !(same("when") && same("except")) {
        return false;
    }
    covers(&earlier["match"], &later["match"])
}
