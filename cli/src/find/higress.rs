use super::{Carrier, Chain, Finder, kubernetes};
use crate::document::Node;

impl Finder<'_> {
    /// Higress' WasmPlugin: a configuration for all routes, and others for some.
    pub(super) fn higress(&mut self, document: &Node) {
        let Some(spec) = document.get("spec") else { return };
        let given = kubernetes::configuration(spec.get("defaultConfig").or_else(|| {
            let rules = spec.get("matchRules").map(Node::items).unwrap_or_default();
            rules.iter().find_map(|rule| rule.get("config"))
        }));
        let Some(mut slot) = self.slot_of(document, spec, &["pluginName"], &["url"], given, Carrier::Higress)
        else {
            return;
        };
        slot.fails_open = kubernetes::fail_strategy(spec);
        let rules = spec.get("matchRules").map(Node::items).unwrap_or_default();
        let configurations = std::iter::once(spec.get("defaultConfig"))
            .chain(rules.iter().map(|rule| rule.get("config")))
            .flatten();
        let mut any = false;
        for configuration in configurations {
            any = true;
            slot.configuration = kubernetes::configuration(Some(configuration));
            self.found.chains.push(Chain::of(vec![slot.clone()]));
        }
        if !any {
            self.found.chains.push(Chain::of(vec![slot]));
        }
    }
}
