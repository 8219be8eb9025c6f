use crate::{
    FilterKind,
    check::{Finding, Rule},
    document::Position,
};
use serde_json::Value;

/// What tells whose a plugin is.
#[derive(Default)]
pub(super) struct Evidence {
    /// What names its module, with its place: a file, an image.
    pub(super) modules: Vec<(String, Position)>,
    /// Its names.
    pub(super) names: Vec<String>,
    /// Its configuration, as it gets it.
    pub(super) configuration: Value,
}

/// Whose a plugin is, or why that isn't known. What is odd about it is added to `findings`.
pub(super) fn recognised(evidence: &Evidence, findings: &mut Vec<Finding>) -> Result<FilterKind, String> {
    let Evidence {
        modules,
        names,
        configuration,
    } = evidence;
    let by_module = modules
        .iter()
        .find_map(|(text, at)| Some((FilterKind::mentioned(text)?, text, *at)));
    let exact = names.iter().find_map(|name| FilterKind::of_name(name));
    let by_name = exact.or_else(|| names.iter().find_map(|name| FilterKind::mentioned(name)));
    match (by_module, by_name) {
        (Some((module, text, at)), Some(name)) if module != name => {
            if module.plugin(configuration).is_ok() {
                // A name may well mention another filter: only one that is its name misleads.
                if exact.is_some() {
                    let message = format!(
                        "the plugin is named {}, and its module is {}'s ({text}): its configuration is judged as {}'s",
                        name.name(), module.name(), module.name()
                    );
                    findings.push(Finding::new(Rule::MisleadingName, at, message).help("name it as the filter that it is"));
                }
                return Ok(module);
            }
            let is_of_name = name.plugin(configuration).is_ok() || FilterKind::candidates(configuration).contains(&name);
            let kind = if is_of_name { name } else { module };
            let message = format!(
                "the module is {}'s ({text}), expected that of {}, as which the plugin is {}",
                module.name(),
                name.name(),
                if is_of_name { "named and configured" } else { "named" },
            );
            findings.push(Finding::new(Rule::WrongModule, at, message));
            Ok(kind)
        }
        (Some((module, ..)), _) => Ok(module),
        (None, Some(name)) => Ok(name),
        (None, None) => FilterKind::of_configuration(configuration).ok_or_else(|| {
            let named = |texts: &mut dyn Iterator<Item = &String>| {
                let mut texts: Vec<_> = texts.filter(|text| !text.is_empty()).map(|text| format!("{text:?}")).collect();
                texts.dedup();
                texts.join(", ")
            };
            let modules = named(&mut modules.iter().map(|(text, _)| text));
            let names = named(&mut names.iter());
            match (modules.as_str(), names.as_str()) {
                ("", "") => "it has neither a name nor a module, and its configuration is none of theirs".to_owned(),
                ("", names) => format!("the name {names} is none of the edge filters', nor is the configuration one of theirs"),
                (modules, "") => format!("the module {modules} is none of the edge filters', nor is the configuration one of theirs"),
                (modules, names) => format!(
                    "neither the module {modules} nor the name {names} is one of the edge filters', nor is the configuration one of theirs"
                ),
            }
        }),
    }
}
