use super::{Counters, Policy, exempt::Exempt, hash::digest};
use crate::{
    cost::Cost,
    document::{MODE, Missing, QuotaUnit},
    gcra::Quota,
    key::{Part, parts},
    members::{Members, error},
    set::WAYS,
};
use http_filter::ConfigError;
use serde_json::Value;
use std::time::Duration;

impl Policy {
    /// Reads the policy `name`; `global` where there's a service.
    pub(crate) fn parse(
        name: &str,
        value: Value,
        global: bool,
        namespace: &str,
    ) -> Result<Self, ConfigError> {
        let path = ["policies.", name].concat();
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if name.is_empty() || name.len() > 64 || !plain {
            return Err(error(
                &path,
                "this name",
                "1 to 64 letters, digits, \"_\" or \"-\"",
            ));
        }
        let mut members = Members::new(value, &path, &KNOWN)?;
        let requests = members.number("requests", 1..=u32::MAX)?;
        let requests = requests.ok_or_else(|| members.missing("requests", "1 to 4294967295"))?;
        let per = members.span("per", Duration::from_millis(1), TEN_YEARS, PER)?;
        let per = per.ok_or_else(|| members.missing("per", PER))?;
        let burst = members.number("burst", 1..=u32::MAX)?.unwrap_or(requests);
        if Quota::new(requests, per, burst).refill() > TEN_YEARS {
            return Err(members.refuse(
                "burst",
                &burst.to_string(),
                "a burst that refills within 10 years",
            ));
        }
        let (key, key_text) = match members.take("key") {
            None => (vec![Part::client_ip()], "\"client_ip\"".to_owned()),
            Some(value) => (parts(value.clone(), &members.path("key"))?, value.to_string()),
        };
        if key.len() > MAX_PARTS {
            return Err(members.refuse("key", &key.len().to_string(), "at most 16 parts"));
        }
        let cost = match members.take("cost") {
            None => Cost::Fixed(1),
            Some(value) => Cost::parse(value, &members.path("cost"), burst)?,
        };
        let slots = members
            .number("slots", WAYS as u32..=MAX_SLOTS)?
            .unwrap_or(DEFAULT_SLOTS);
        let sets = if key.is_empty() {
            1
        } else {
            slots.div_ceil(WAYS as u32)
        };
        let is_global = members.choice("scope", &[("local", false), ("global", true)])?;
        if is_global == Some(true) && !global {
            return Err(members.refuse("scope", "global", "`global`, which says where the service is"));
        }
        let units = [
            ("requests", QuotaUnit::Requests),
            ("content-bytes", QuotaUnit::ContentBytes),
        ];
        let missing = [
            ("share", Missing::Share),
            ("skip", Missing::Skip),
            ("refuse", Missing::Refuse),
        ];
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
        let digest = digest(&[FORMAT, namespace, name, &key_text, &numbers]);
        Ok(Self {
            quota: Quota::new(requests, per, burst).overdrawn_by(cost.debt(burst)),
            prefix: ["rate-limit/", &digest, "/"].concat(),
            exempt: Exempt::parse(members.object("exempt", &["client_ip", "keys"])?, &key)?,
            generic_key: members.text("generic_key")?.unwrap_or_else(|| name.to_owned()),
            counters: Counters::new(name),
            name: name.to_owned(),
            unit: members.choice("unit", &units)?.unwrap_or_default(),
            missing: members.choice("missing", &missing)?.unwrap_or_default(),
            mode: members.choice("mode", &MODE)?.unwrap_or_default(),
            percent: members.number("percent", 0..=100)?.unwrap_or(100),
            is_global: is_global.unwrap_or(global),
            sets: sets.into(),
            requests,
            per,
            cost,
            key,
        })
    }
}

/// The layout of what is stored: another number is another key.
const FORMAT: &str = "1";
const PER: &str = "a duration from 1ms to 10y such as \"250ms\", \"10m\" or \"30d\"";
const TEN_YEARS: Duration = Duration::from_secs(3650 * 86_400);
const DEFAULT_SLOTS: u32 = 65_536;
const MAX_SLOTS: u32 = 1 << 24;
const MAX_PARTS: usize = 16;
const KNOWN: [&str; 13] = [
    "requests",
    "per",
    "burst",
    "key",
    "cost",
    "unit",
    "missing",
    "exempt",
    "mode",
    "percent",
    "slots",
    "scope",
    "generic_key",
];
