use super::{Finding, Placed, Rule};
use crate::find::Assembled;
use crate::{FilterKind, find::Carrier};

/// Authentication, and blocks, that are off when the filter can't run.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        let Some(at) = slot.fails_open else { continue };
        let message = match slot.kind {
            FilterKind::JwtAuth => {
                "fails open: whenever the filter can't run, every request passes without a token"
            }
            FilterKind::GeoRouting if slot.value().0.get("rules").is_some_and(blocks) => {
                "fails open: whenever the filter can't run, blocked countries are served"
            }
            _ => continue,
        };
        let help = match slot.carrier {
            Carrier::Envoy => {
                "`failure_policy: FAIL_RELOAD`: 503 until the virtual machine has been replaced"
            }
            Carrier::Istio => "`failStrategy: FAIL_RELOAD`",
            Carrier::EnvoyGateway => "`failOpen: false`",
            Carrier::Higress | Carrier::Bare => "`failStrategy: FAIL_CLOSE`",
        };
        let finding = Finding::new(Rule::FailsOpen, at, message);
        found.push((file, finding.about(slot.kind.name(), "").help(help)));
    }
    found
}

/// Whether some rule refuses requests.
fn blocks(rules: &serde_json::Value) -> bool {
    rules.to_string().contains("\"block\"")
}
