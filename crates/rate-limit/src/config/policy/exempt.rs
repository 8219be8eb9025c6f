use crate::{
    document::policy::PolicyExemptDocument,
    key::{Facts, Network, Part, Value},
};
use http_filter::{ConfigError, error_path::nth};

/// Clients and keys that a policy doesn't limit.
#[derive(Debug)]
pub(crate) struct Exempt {
    networks: Vec<Network>,
    /// A text per part of the key; `None` for any.
    keys: Vec<Vec<Option<String>>>,
}

impl Exempt {
    pub(crate) fn compile(
        document: PolicyExemptDocument,
        key: &[Part],
        path: &str,
    ) -> Result<Self, ConfigError> {
        let mut keys = Vec::with_capacity(document.keys.len());
        for (index, values) in document.keys.into_iter().enumerate() {
            let at = [path, ".", &nth("keys", index)].concat();
            keys.push(exempt_key(values.0, key, &at)?);
        }
        Ok(Self {
            networks: document.client_ip.0,
            keys,
        })
    }

    /// Whether the client's address is in one of the networks.
    pub(crate) fn has_client(&self, facts: &Facts<'_>) -> bool {
        !self.networks.is_empty()
            && facts
                .address()
                .is_some_and(|address| self.networks.iter().any(|network| network.contains(address)))
    }

    /// Whether the key is one of those.
    pub(crate) fn has_key(&self, values: &[Option<Value<'_>>]) -> bool {
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
fn exempt_key(values: Vec<String>, key: &[Part], path: &str) -> Result<Vec<Option<String>>, ConfigError> {
    if values.len() != key.len() || key.is_empty() {
        let found = [&values.len().to_string(), " values"].concat();
        let expected = [&key.len().to_string(), ", one per part of the key"].concat();
        return Err(ConfigError::at(path, "", &found, &expected));
    }
    let mut texts = Vec::with_capacity(key.len());
    for (text, part) in values.into_iter().zip(key) {
        let any = text == "*";
        let canonical = if any { None } else { part.canonical(text) };
        if canonical.is_none() && !any {
            return Err(ConfigError::at(path, "", "no address", "an address"));
        }
        texts.push(canonical);
    }
    if texts.iter().all(Option::is_none) {
        let expected = "a policy that limits something";
        return Err(ConfigError::at(path, "", "any key", expected));
    }
    Ok(texts)
}
