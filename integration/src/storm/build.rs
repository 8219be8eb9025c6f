//! In which of its forms the chain is.

use crate::{FilterHost, Proxy, module, native_filter, wasm_filter};
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// A form in which the five filters are shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// Five modules.
    Five,
    /// Five modules, compression-negotiation with all codings.
    AllCodings,
    /// One module of all five.
    Suite,
    /// The native module, five filters.
    Native,
    /// The native module, one filter of all five.
    NativeSuite,
}

impl Build {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Five,
        Self::AllCodings,
        Self::Suite,
        Self::Native,
        Self::NativeSuite,
    ];

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Five => "five modules",
            Self::AllCodings => "five modules, all codings",
            Self::Suite => "edge-suite",
            Self::Native => "the native module",
            Self::NativeSuite => "the native module, edge-suite",
        }
    }

    /// The build of this name in a list such as `STORM_BUILDS=five,native`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "five" => Self::Five,
            "codings" => Self::AllCodings,
            "suite" => Self::Suite,
            "native" => Self::Native,
            "native-suite" => Self::NativeSuite,
            _ => return None,
        })
    }

    /// The proxy with these filters in it: name and configuration, in the chain's order.
    #[must_use]
    pub(super) fn add(self, proxy: Proxy, filters: &[(&str, Value)]) -> Proxy {
        let each = filters.iter();
        match self {
            Self::Five | Self::AllCodings => each.fold(proxy, |proxy, (name, configuration)| {
                proxy.wasm(name, &module::shipped(self.module(name)), configuration, reload())
            }),
            Self::Native => each.fold(proxy, |proxy, (name, configuration)| {
                proxy.native(name, configuration)
            }),
            Self::Suite => proxy.wasm(
                "edge-suite",
                &module::shipped("edge-suite"),
                &sections(filters),
                reload(),
            ),
            Self::NativeSuite => proxy.native("edge-suite", &sections(filters)),
        }
    }

    /// What the tests are to run: five filters on the [chosen](FilterHost::chosen) host.
    pub fn chosen() -> Self {
        match FilterHost::chosen() {
            FilterHost::Wasm => Self::Five,
            FilterHost::Native => Self::Native,
        }
    }

    /// Puts this build in the place of the five modules of a configuration.
    pub(crate) fn rebuild(self, http_filters: &mut Vec<Yaml>) {
        if self == Self::Five {
            return;
        }
        let ours: Vec<(String, Value)> = http_filters.iter().filter_map(configured).collect();
        let is_suite = matches!(self, Self::Suite | Self::NativeSuite);
        if is_suite {
            // The first of them becomes all of them; native filters stay behind.
            let mut seen = false;
            http_filters.retain(|filter| configured(filter).is_none() || !std::mem::replace(&mut seen, true));
        }
        let filters: Vec<(&str, Value)> = ours
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        for filter in http_filters {
            let Some((name, configuration)) = configured(filter) else {
                continue;
            };
            let rebuilt = match self {
                Self::Suite => wasm_filter(
                    "edge-suite",
                    &module::shipped("edge-suite"),
                    &sections(&filters),
                    reload(),
                ),
                Self::NativeSuite => native_filter("edge-suite", &module::native(), &sections(&filters)),
                Self::Native => native_filter(&name, &module::native(), &configuration),
                Self::Five | Self::AllCodings => wasm_filter(
                    &name,
                    &module::shipped(self.module(&name)),
                    &configuration,
                    reload(),
                ),
            };
            *filter = serde_yaml_ng::to_value(rebuilt).unwrap();
        }
    }

    fn module(self, filter: &str) -> &str {
        match self {
            Self::AllCodings if filter == "compression-negotiation" => "compression-negotiation-all-codings",
            _ => filter,
        }
    }
}

/// The name and the configuration of one of our filters, where it's one.
fn configured(filter: &Yaml) -> Option<(String, Value)> {
    let plugin = filter.get("typed_config")?.get("config")?;
    plugin.get("vm_config")?;
    let configuration = serde_json::to_value(plugin.get("configuration")?.get("value")?).ok()?;
    Some((filter.get("name")?.as_str()?.to_owned(), configuration))
}

/// As in the shipped configurations.
fn reload() -> Value {
    json!({
        "failure_policy": "FAIL_RELOAD",
        "reload_config": {"backoff": {"base_interval": "0.1s", "max_interval": "1s"}},
    })
}

/// One document for all of them.
fn sections(filters: &[(&str, Value)]) -> Value {
    let sections = filters.iter();
    let sections: Map<_, _> = sections
        .map(|(name, configuration)| (name.replace('-', "_"), configuration.clone()))
        .collect();
    sections.into()
}
