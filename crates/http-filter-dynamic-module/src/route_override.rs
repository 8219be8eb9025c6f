use crate::Entry;
use http_filter::{ConfigError, config};
use serde_json::Value;

/// What Envoy's configuration by route says, for each filter that takes something of it.
pub(crate) struct RouteOverride(Vec<(&'static str, Vec<u8>)>);

impl RouteOverride {
    /// Reads a document: a filter's own, or of a suite sections by filter. What is in it can be checked only against the
    /// configuration that it overrides, which is when the route is first taken.
    pub(crate) fn read(entry: &Entry, document: &[u8]) -> Result<Self, ConfigError> {
        let Value::Object(mut sections) = config::parse_value(document)? else {
            return Err(ConfigError::new(
                "",
                "no object",
                "an object that is merged into the filter's",
            ));
        };
        if !entry.is_suite() {
            let whole = Value::Object(sections).to_string().into_bytes();
            return Ok(Self(vec![(entry.name, whole)]));
        }
        let mut parts = Vec::new();
        let members: Vec<&'static str> = entry.filters().iter().map(|member| member.name).collect();
        for member in &members {
            if let Some(section) = sections.remove(&member.replace('-', "_")) {
                parts.push((*member, section.to_string().into_bytes()));
            }
        }
        match sections.keys().next() {
            None => Ok(Self(parts)),
            Some(unknown) => Err(ConfigError::new(
                unknown,
                "an unknown section",
                ["one of ", &members.join(", ").replace('-', "_")].concat(),
            )),
        }
    }

    pub(crate) fn of(&self, filter: &str) -> Option<&[u8]> {
        let part = self.0.iter().find(|(name, _)| *name == filter);
        part.map(|(_, document)| document.as_slice())
    }
}
