use crate::{
    key::{Facts, Network, Part, Value, networks},
    members::{Members, Mistake, items, text},
};

/// Clients and keys that a policy doesn't limit.
#[derive(Debug)]
pub(super) struct Exempt {
    networks: Vec<Network>,
    /// A text per part of the key; `None` for any.
    keys: Vec<Vec<Option<String>>>,
}

impl Exempt {
    pub(super) fn parse(mut members: Members<'_>, key: &[Part]) -> Self {
        let keys = members.take("keys").map(|value| match value {
            serde_json::Value::Array(_) => items(value, &members.path("keys")),
            one => vec![(one, members.path("keys"))],
        });
        let keys = keys.into_iter().flatten();
        Self {
            keys: keys
                .map(|(value, path)| exempt_key(value, &path, key, members.mistake()))
                .collect(),
            networks: networks(&mut members, "client_ip"),
        }
    }

    /// Whether the client's address is in one of the networks.
    pub(super) fn has_client(&self, facts: &Facts<'_>) -> bool {
        !self.networks.is_empty()
            && facts
                .address()
                .is_some_and(|address| self.networks.iter().any(|network| network.contains(address)))
    }

    /// Whether the key is one of those.
    pub(super) fn has_key(&self, values: &[Option<Value<'_>>]) -> bool {
        self.keys.iter().any(|texts| {
            texts.iter().zip(values).all(|(text, value)| match (text, value) {
                (None, _) => true,
                (Some(text), Some(value)) => *text == value.to_text(),
                (Some(_), None) => false,
            })
        })
    }
}

/// A value per part of the key, `*` for any.
fn exempt_key(value: serde_json::Value, path: &str, key: &[Part], mistake: &Mistake) -> Vec<Option<String>> {
    let values = items(value, path);
    if values.len() != key.len() || key.is_empty() {
        let found = [&values.len().to_string(), " values"].concat();
        mistake.note(
            path,
            &found,
            &[&key.len().to_string(), ", one per part of the key"].concat(),
        );
    }
    let mut texts = Vec::with_capacity(key.len());
    for ((value, path), part) in values.into_iter().zip(key) {
        let text = text(value, &path, mistake);
        let any = text == "*";
        let canonical = if any { None } else { part.canonical(text) };
        if canonical.is_none() && !any {
            mistake.note(&path, "no address", "an address");
        }
        texts.push(canonical);
    }
    if texts.iter().all(Option::is_none) {
        mistake.note(path, "any key", "a policy that limits something");
    }
    texts
}
