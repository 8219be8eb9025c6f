use super::{Finding, Placed, Rule};
use crate::FilterKind;
use crate::find::Assembled;
use serde_json::Value;

/// Two rate limits whose policies count in the same buckets: one virtual machine's name, one name space, one policy's name.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    let limits: Vec<_> = assembled
        .slots()
        .filter(|(_, slot)| slot.kind == FilterKind::RateLimit && slot.vm.is_some())
        .map(|(file, slot)| (file, slot, slot.value().0))
        .collect();
    for (index, (file, slot, value)) in limits.iter().enumerate() {
        let partner = limits.iter().take(index).find_map(|(_, other, earlier)| {
            let shared = other.vm == slot.vm && value["namespace"] == earlier["namespace"];
            shared
                .then(|| common_policy(value, earlier))?
                .map(|policy| (other, policy))
        });
        if let Some((other, policy)) = partner {
            let message = format!(
                "the policy {policy:?} is one of {} (line {}) as well: both count in the same buckets",
                other.name, other.at.line
            );
            let path = format!("policies.{policy}");
            let finding = Finding::new(Rule::SharedNameSpace, slot.locate(&path), message);
            let help = "give one of them a `namespace` of its own, or in Envoy a `vm_id`";
            found.push((*file, finding.about(slot.kind.name(), path).help(help)));
        }
    }
    found
}

fn common_policy(a: &Value, b: &Value) -> Option<String> {
    let others = b.get("policies")?.as_object()?;
    let names = a.get("policies")?.as_object()?.keys();
    names.into_iter().find(|name| others.contains_key(*name)).cloned()
}
