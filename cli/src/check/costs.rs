use super::{Finding, Placed, Rule};
use crate::{FilterKind, find::Assembled};
use serde_json::Value;

/// Costs that only responses tell: until the first one comes, requests cost nothing, however many there are.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    for (file, slot) in assembled
        .slots()
        .filter(|(_, slot)| slot.kind == FilterKind::RateLimit)
    {
        let (value, _) = slot.value();
        if slot.kind.plugin(&value).is_err() {
            continue;
        }
        for (name, policy) in value
            .get("policies")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let cost = &policy["cost"];
            let of_response = cost.get("response_status").is_some() || cost.get("response_header").is_some();
            if !of_response || cost["reserve"].as_f64().is_some_and(|reserve| reserve > 0.0) {
                continue;
            }
            let path = format!("policies.{name}.cost");
            let message = "requests cost nothing until they are answered: all that are sent at once pass, whatever the limit";
            let help = "`reserve: 1` beside it is charged at once and settled by the response";
            let finding = Finding::new(Rule::FreeUntilAnswered, slot.locate(&path), message);
            found.push((file, finding.about(slot.kind.name(), path).help(help)));
        }
    }
    found
}
