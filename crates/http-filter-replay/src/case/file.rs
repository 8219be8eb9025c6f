//! A file of cases.

use crate::{
    case::{definition::Case, message::Answer},
    text::Text,
};
use http_filter::{ConfigError, OneOrMany, document};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

document! {
    /// One file of cases.
    pub struct CaseFile {
        /// The filter that all cases are about; whoever runs them may know it otherwise.
        pub filter ("filter"): Option<String>,
        /// The file, seen from this one, whose filters all cases go through: a proxy's configuration, a manifest.
        pub policy ("policy"): Option<String>,
        /// The configuration of every case that has none of its own.
        pub config ("config"): Option<Value>,
        /// The clock of every case that has none of its own, in seconds since the Unix epoch.
        pub now ("now"): Option<u64>,
        /// The callout answers of every case that has none of its own.
        pub clusters ("clusters"): BTreeMap<String, OneOrMany<Answer>>,
        /// The cases.
        pub cases ("cases", required "at least one case"): Vec<Case>,
    }
}

/// Makes the property `source.address` of an address: Envoy's has a port.
fn spell_out_peer(
    peer: Option<&str>,
    properties: &mut BTreeMap<String, Text>,
    path: &str,
) -> Result<(), ConfigError> {
    let Some(peer) = peer else { return Ok(()) };
    let address = match peer.parse() {
        Ok(IpAddr::V4(address)) => format!("{address}:50000"),
        Ok(IpAddr::V6(address)) => format!("[{address}]:50000"),
        Err(_) => {
            let found = format!("{peer:?}");
            return Err(ConfigError::new(
                format!("{path}.peer"),
                found,
                "an IP address, such as 192.0.2.1",
            ));
        }
    };
    let before = properties.insert("source.address".to_owned(), Text(address.into_bytes()));
    match before {
        Some(_) => Err(ConfigError::new(
            format!("{path}.peer"),
            "an address beside properties.source.address",
            "one of them",
        )),
        None => Ok(()),
    }
}

impl CaseFile {
    /// Reads a file of cases, parsed from YAML or JSON: each case gets what the file says for all of them.
    ///
    /// # Errors
    /// [`ConfigError`] with the path of what is no case, where a case expects nothing, and where a name occurs twice: a
    /// test that can't fail is none.
    pub fn read(document: &Value) -> Result<Self, ConfigError> {
        let mut file: Self = document::read(document)?;
        if file.cases.is_empty() {
            return Err(ConfigError::new("cases", "none", "at least one case"));
        }
        let mut names = BTreeSet::new();
        for (index, case) in file.cases.iter_mut().enumerate() {
            let path = format!("cases[{index}]");
            if case.refused.is_none() && case.expect.is_none() && case.exchanges.is_empty() {
                return Err(ConfigError::new(
                    path,
                    "a case that expects nothing",
                    "refused, expect or exchanges",
                ));
            }
            if !names.insert(case.name.clone()) {
                let found = format!("{:?} a second time", case.name);
                return Err(ConfigError::new(path + ".name", found, "a name of its own"));
            }
            case.spell_out(&path)?;
            case.config = case.config.take().or_else(|| file.config.clone());
            case.now = case.now.or(file.now);
            if case.clusters.is_empty() {
                case.clusters.clone_from(&file.clusters);
            }
        }
        Ok(file)
    }
}

impl Case {
    /// Writes out what is said in short: addresses as the property that filters ask for, statuses where they belong.
    fn spell_out(&mut self, path: &str) -> Result<(), ConfigError> {
        spell_out_peer(self.peer.as_deref(), &mut self.properties, path)?;
        if let Some(expect) = &mut self.expect {
            expect.spell_out(&format!("{path}.expect"))?;
        }
        for (index, exchange) in self.exchanges.iter_mut().enumerate() {
            let path = format!("{path}.exchanges[{index}]");
            spell_out_peer(exchange.peer.as_deref(), &mut exchange.properties, &path)?;
            exchange.expect.spell_out(&format!("{path}.expect"))?;
        }
        Ok(())
    }
}
