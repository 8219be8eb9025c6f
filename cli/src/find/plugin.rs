//! The entry of a filter in a chain of Envoy's: a Wasm plugin, or a dynamic module.

use super::{
    Carrier, Configuration, Finder, Slot, Unrecognised,
    named_type::kind_of,
    recognised::{Evidence, recognised},
};
use crate::{
    FilterKind,
    check::{Finding, Rule},
    document::{Embedding, Node, Position, Reader},
    messages::Table,
};
use http_filter::document::nearest;

/// What an entry of a chain is.
pub(super) enum Entry {
    /// A filter of ours.
    Ours(Box<Slot>),
    /// A plugin of somebody.
    Unrecognised(Unrecognised),
    /// None of the two.
    Other,
}

impl Finder<'_> {
    pub(super) fn entry(&self, entry: &Node, reader: Reader, embedding: &Embedding) -> Entry {
        let name = entry.get("name").and_then(Node::text).unwrap_or_default();
        let Some(typed) = entry.any(&["typed_config", "typedConfig"]) else {
            return delivered(entry, name);
        };
        // A TypedStruct names the type beside the value.
        let named = typed.any(&["type_url", "typeUrl"]).and_then(Node::text);
        let (kind, plugin) = match (named, typed.get("value")) {
            (Some(kind), Some(value)) => (kind, value),
            _ => (kind_of(typed), typed),
        };
        if kind.ends_with(WASM) {
            self.wasm(entry, name, plugin, reader, embedding)
        } else if kind.ends_with(DYNAMIC_MODULE) {
            self.dynamic_module(entry, name, plugin, reader, embedding)
        } else if FilterKind::of_name(name).is_some()
            && !Table::envoy().knows(kind.rsplit('/').next().unwrap_or_default())
        {
            let reason = format!("its type is {kind:?}, expected {WASM} or {DYNAMIC_MODULE}");
            mistaken(
                entry,
                name,
                reason,
                typed.get("@type").map_or(typed.at, |kind| kind.at),
            )
        } else {
            Entry::Other
        }
    }

    fn wasm(&self, entry: &Node, name: &str, plugin: &Node, reader: Reader, embedding: &Embedding) -> Entry {
        let Some(config) = plugin.get("config") else {
            return unrecognised(entry, name, "it has no `config`".to_owned());
        };
        let vm = config.any(&["vm_config", "vmConfig"]);
        let text = |node: Option<&Node>| node.and_then(Node::text).unwrap_or_default().to_owned();
        let configuration = config
            .get("configuration")
            .map_or(Configuration::None, |message| {
                self.message(message, reader, embedding)
            });
        let code = vm.and_then(|vm| vm.get("code"));
        let file = code.and_then(|code| code.get("local")?.get("filename"));
        let mut evidence = Evidence {
            names: vec![
                text(config.any(&["root_id", "rootId"])),
                text(config.get("name")),
                name.to_owned(),
            ],
            ..Evidence::default()
        };
        if let Some(code) = code {
            code.walk(&mut |node| {
                // Code that stands here itself says nothing in words.
                let words = node.text().filter(|text| text.len() <= LONGEST_NAME);
                evidence
                    .modules
                    .extend(words.map(|text| (text.to_owned(), node.at)));
            });
        }
        let mut slot = match self.slot(entry, configuration, evidence) {
            Ok(slot) => slot,
            Err(reason) => return unrecognised(entry, name, reason),
        };
        let policy = config.any(&["failure_policy", "failurePolicy"]);
        let open = policy
            .filter(|policy| policy.text() == Some("FAIL_OPEN"))
            .or_else(|| {
                config
                    .any(&["fail_open", "failOpen"])
                    .filter(|flag| flag.is_true())
            });
        slot.fails_open = open.map(|node| node.at);
        slot.vm = Some(text(vm.and_then(|vm| vm.any(&["vm_id", "vmId"]))));
        slot.module = file.and_then(|file| Some((file.text()?.to_owned(), file.at)));
        slot.findings.extend(runtime(vm));
        if !name.is_empty() {
            name.clone_into(&mut slot.name);
        }
        Entry::Ours(Box::new(slot))
    }

    fn dynamic_module(
        &self,
        entry: &Node,
        name: &str,
        plugin: &Node,
        reader: Reader,
        embedding: &Embedding,
    ) -> Entry {
        let module = plugin.any(&["dynamic_module_config", "dynamicModuleConfig"]);
        let module = module
            .and_then(|module| module.get("name"))
            .and_then(Node::text)
            .unwrap_or_default();
        let filter = plugin.any(&["filter_name", "filterName"]);
        let written = filter.and_then(Node::text).unwrap_or_default();
        // A name space of shared data may stand behind the name: `rate-limit@internal`.
        let wanted = written.split('@').next().unwrap_or_default();
        if module != DYNAMIC_MODULE_NAME && FilterKind::of_name(wanted).is_none() {
            let reason = format!(
                "the dynamic module {module:?} isn't {DYNAMIC_MODULE_NAME}, nor is {wanted:?} the name of an edge filter"
            );
            return unrecognised(entry, name, reason);
        }
        let configuration = plugin
            .any(&["filter_config", "filterConfig"])
            .map_or(Configuration::None, |message| {
                self.message(message, reader, embedding)
            });
        let Some(kind) = FilterKind::of_name(wanted) else {
            let names = FilterKind::ALL.map(FilterKind::name);
            let meant =
                nearest(wanted, &names).map_or_else(String::new, |name| format!("; did you mean {name}?"));
            let reason = format!(
                "filter_name is {wanted:?}, expected one of {}{meant}",
                names.join(", ")
            );
            return mistaken(entry, name, reason, filter.map_or(entry.at, |filter| filter.at));
        };
        let mut slot = Slot::new(kind, entry.at, Carrier::Envoy);
        slot.configuration = configuration;
        // The process is one: all filters of the module share their data.
        slot.vm = Some(String::new());
        if !name.is_empty() {
            name.clone_into(&mut slot.name);
        }
        Entry::Ours(Box::new(slot))
    }

    /// The slot of a plugin, if it is one of ours, or why it isn't.
    fn slot(
        &self,
        entry: &Node,
        configuration: Configuration,
        mut evidence: Evidence,
    ) -> Result<Slot, String> {
        let mut slot = Slot::new(FilterKind::JwtAuth, entry.at, Carrier::Envoy);
        slot.configuration = configuration;
        evidence.configuration = slot.value().0;
        slot.kind = recognised(&evidence, &mut slot.findings)?;
        slot.kind.name().clone_into(&mut slot.name);
        Ok(slot)
    }
}

/// A filter whose configuration comes from elsewhere.
fn delivered(entry: &Node, name: &str) -> Entry {
    let discovery = entry.any(&["config_discovery", "configDiscovery"]);
    let mut is_plugin = false;
    if let Some(discovery) = discovery {
        discovery.walk(&mut |node| {
            is_plugin |= node
                .text()
                .is_some_and(|text| text.ends_with(WASM) || text.ends_with(DYNAMIC_MODULE));
        });
    }
    if is_plugin || (discovery.is_some() && FilterKind::mentioned(name).is_some()) {
        let reason = "its configuration is delivered (config_discovery), and stands elsewhere".to_owned();
        return unrecognised(entry, name, reason);
    }
    Entry::Other
}

fn unrecognised(entry: &Node, name: &str, reason: String) -> Entry {
    Entry::Unrecognised(Unrecognised {
        name: if name.is_empty() {
            "a plugin without a name"
        } else {
            name
        }
        .to_owned(),
        at: entry.at,
        reason,
        mistake: None,
    })
}

/// A plugin that Envoy doesn't take, for a word that stands at `at`.
fn mistaken(entry: &Node, name: &str, reason: String, at: Position) -> Entry {
    match unrecognised(entry, name, reason) {
        Entry::Unrecognised(plugin) => Entry::Unrecognised(Unrecognised {
            mistake: Some(at),
            ..plugin
        }),
        other => other,
    }
}

/// A virtual machine that isn't in Envoy.
fn runtime(vm: Option<&Node>) -> Option<Finding> {
    let runtime = vm?.get("runtime");
    let written = runtime.and_then(Node::text).unwrap_or_default();
    if RUNTIMES.contains(&written) {
        return None;
    }
    let at: Position = runtime.map_or(vm?.at, |runtime| runtime.at);
    let found = if written.is_empty() {
        "nothing".to_owned()
    } else {
        format!("{written:?}")
    };
    let message = format!(
        "found {found}, expected {:?}, the one that Envoy is built with",
        RUNTIMES[0]
    );
    Some(Finding::new(Rule::WrongValue, at, message).about_field("config.vm_config.runtime"))
}

const WASM: &str = "envoy.extensions.filters.http.wasm.v3.Wasm";
const DYNAMIC_MODULE: &str = "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter";
/// The native module: `libedge_filters.so`.
const DYNAMIC_MODULE_NAME: &str = "edge_filters";
const RUNTIMES: [&str; 1] = ["envoy.wasm.runtime.v8"];
/// Longer texts are code.
const LONGEST_NAME: usize = 1024;
