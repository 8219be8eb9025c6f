use super::{Counters, Policy, exempt::Exempt, hash::digest};
use crate::{
    cost::Cost,
    document::{MODE, Missing, QuotaUnit},
    fields::Told,
    gcra::Quota,
    key::{Part, parts},
    members::{Members, Mistake, number},
    set::WAYS,
};
use http_filter::Mode;
use serde_json::Value;
use std::time::Duration;

impl Policy {
    /// Reads the policy `name`; `global` where there's a service.
    pub(crate) fn parse(name: &str, value: Value, global: bool, namespace: &str, mistake: &Mistake) -> Self {
        let path = ["policies.", name].concat();
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if name.is_empty() || name.len() > 64 || !plain {
            mistake.note(&path, "this name", "1 to 64 letters, digits, \"_\" or \"-\"");
        }
        let mut members = Members::new(value, &path, &KNOWN, mistake);
        let requests = members.required("requests", "1 to 4294967295");
        let requests = number(&requests, &members.path("requests"), 1..=u32::MAX, mistake);
        let per = members.span("per", Duration::from_millis(1)..=TEN_YEARS, Duration::ZERO, PER);
        if per.is_zero() {
            members.note("per", "nothing", PER);
        }
        let burst = members.number("burst", 1..=u32::MAX, requests);
        let quota = Quota::new(requests, per, burst);
        if quota.refill() > TEN_YEARS {
            members.note(
                "burst",
                &burst.to_string(),
                "a burst that refills within 10 years",
            );
        }
        let (key, key_text) = match members.take("key") {
            None => (vec![Part::client_ip()], "\"client_ip\"".to_owned()),
            Some(value) => {
                let text = value.to_string();
                (parts(value, &members.path("key"), mistake), text)
            }
        };
        if key.len() > MAX_PARTS {
            members.note("key", &key.len().to_string(), "at most 16 parts");
        }
        let cost = match members.take("cost") {
            None => Cost::Fixed(1),
            Some(value) => Cost::parse(value, &members.path("cost"), burst, mistake),
        };
        let slots = members.number("slots", WAYS as u32..=MAX_SLOTS, DEFAULT_SLOTS);
        let sets = if key.is_empty() {
            1
        } else {
            slots.div_ceil(WAYS as u32)
        };
        let is_global = members.choice("scope", global, &[("local", false), ("global", true)]);
        if is_global && !global {
            members.note("scope", "global", "`global`, which says where the service is");
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
        let unit = members.choice("unit", QuotaUnit::Requests, &units);
        Self {
            told: Told::new(name, burst, unit, quota.refill()),
            quota: quota.overdrawn_by(cost.debt(burst)),
            prefix: ["rate-limit/", &digest, "/"].concat(),
            exempt: Exempt::parse(members.object("exempt", &["client_ip", "keys"]), &key),
            generic_key: members.text("generic_key").unwrap_or_else(|| name.to_owned()),
            counters: Counters::new(name),
            name: name.to_owned(),
            unit,
            missing: members.choice("missing", Missing::Share, &missing),
            mode: members.choice("mode", Mode::Enforce, &MODE),
            percent: members.number("percent", 0..=100, 100),
            is_global,
            sets: sets.into(),
            requests,
            per,
            cost,
            key,
        }
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
