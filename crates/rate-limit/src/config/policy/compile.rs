use crate::{
    config::{
        cost::Cost,
        policy::{Policy, PolicyCounters, exempt::Exempt, hash::digest},
        table::Table,
    },
    document::policy::{PolicyDocument, Scope, TEN_YEARS},
    fields::Told,
    quota::{gcra::Quota, set::WAYS},
};
use http_filter::ConfigError;
use std::time::Duration;

impl Policy {
    /// Compiles the policy `name`; `global` where there's a service.
    pub(crate) fn compile(
        name: String,
        document: PolicyDocument,
        global: bool,
        namespace: &str,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let (requests, per) = (document.requests.0, document.per.duration());
        let burst = document.burst.map_or(requests, |burst| burst.0);
        let quota = Quota::new(requests, per, burst);
        if quota.refill() > Duration::from_millis(TEN_YEARS) {
            let expected = "a burst that refills within 10 years";
            return Err(ConfigError::at(path, "burst", &burst.to_string(), expected));
        }
        let key = document.key.parts;
        if key.len() > MAX_PARTS {
            let found = key.len().to_string();
            return Err(ConfigError::at(path, "key", &found, "at most 16 parts"));
        }
        let cost = Cost::compile(document.cost.map(|cost| cost.0), burst, &[path, ".cost"].concat())?;
        let sets = if key.is_empty() {
            1
        } else {
            document.slots.0.div_ceil(WAYS as u32)
        };
        let is_global = document.scope.map_or(global, |scope| scope == Scope::Global);
        if is_global && !global {
            let expected = "`global`, which says where the service is";
            return Err(ConfigError::at(path, "scope", "global", expected));
        }
        // A policy that means the same keeps its counts when the configuration around it changes; one that does not,
        // starts anew.
        let numbers = [
            &requests.to_string(),
            " ",
            &per.as_nanos().to_string(),
            " ",
            &sets.to_string(),
        ]
        .concat();
        let digest = digest(&[FORMAT, namespace, &name, &document.key.text, &numbers]);
        let exempt_path = [path, ".exempt"].concat();
        Ok(Self {
            told: Told::new(&name, burst, document.unit, quota.refill()),
            quota: quota.overdrawn_by(cost.debt(burst)),
            table: Table::new(&digest),
            exempt: Exempt::compile(document.exempt, &key, &exempt_path)?,
            generic_key: document.generic_key.unwrap_or_else(|| name.clone()),
            counters: PolicyCounters::new(&name),
            unit: document.unit,
            missing: document.missing,
            mode: document.mode,
            percent: document.percent.0,
            is_global,
            sets: sets.into(),
            name,
            requests,
            per,
            cost,
            key,
        })
    }
}

/// The layout of what is stored: another number is another key.
const FORMAT: &str = "1";
const MAX_PARTS: usize = 16;
