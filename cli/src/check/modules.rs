use super::{Finding, Rule};
use crate::find::Slot;
use http_filter::document::nearest;

/// What the machine that `check` runs on says of a file that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It's there.
    There,
    /// Its folder is there, with these files, and it isn't.
    Missing(Vec<String>),
    /// Not even its folder is there: the configuration is for another machine.
    Elsewhere,
    /// Nobody looked.
    Unknown,
}

/// A module that isn't there: Envoy doesn't start.
pub(super) fn check(slot: &Slot, source: &str, presence: &dyn Fn(&str, &str) -> Presence) -> Option<Finding> {
    let (file, at) = slot.module.as_ref()?;
    let finding = match presence(source, file) {
        Presence::There | Presence::Unknown => return None,
        Presence::Missing(others) => {
            let message = format!("there is no file {file:?}: Envoy doesn't start without its module");
            let name = file.rsplit('/').next().unwrap_or_default();
            let others: Vec<&str> = others
                .iter()
                .map(String::as_str)
                .filter(|other| other.ends_with(".wasm"))
                .collect();
            let help = match (nearest(name, &others), others.as_slice()) {
                (Some(name), _) => format!("did you mean `{name}`?"),
                (None, []) => "`make wasm` builds the modules, in dist/; a relative path begins in the folder that Envoy is started in".to_owned(),
                (None, others) => format!("modules there: {}", others.join(", ")),
            };
            Finding::new(Rule::NoModule, *at, message).help(help)
        }
        Presence::Elsewhere => {
            let message = format!(
                "{file:?} wasn't looked for: its folder isn't here. Where it isn't, Envoy doesn't start"
            );
            let help = "`make wasm` builds the modules, in dist/; a relative path begins in the folder that Envoy is started in";
            Finding::new(Rule::ModuleElsewhere, *at, message).help(help)
        }
    };
    Some(finding.about(slot.kind.name(), ""))
}
