use super::{Finding, Placed, Rule};
use crate::{
    FilterKind,
    find::{Assembled, Slot},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What clients write themselves and are judged by: keys of quotas, plans, rules that let anyone pass.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    // Fields that a filter has set by then, and taken out of the client's request before.
    let mut set = BTreeSet::new();
    for (index, (file, slot)) in assembled.slots().enumerate() {
        let (value, _) = slot.value();
        // Another filter in front may set any field, or verify it: that isn't known here.
        let is_behind_others = assembled
            .chain
            .others
            .iter()
            .any(|other| other.before <= index && may_set(&other.kind));
        if !is_behind_others && slot.kind.plugin(&value).is_ok() {
            let findings = match slot.kind {
                FilterKind::RateLimit => rate_limit(slot, &value, &set),
                FilterKind::JwtAuth => jwt_auth(slot, &value),
                _ => Vec::new(),
            };
            found.extend(findings.into_iter().map(|finding| (file, finding)));
        }
        set.extend(fields_set(slot.kind, &value));
    }
    found
}

fn rate_limit(slot: &Slot, value: &Value, set: &BTreeSet<String>) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(policies) = value.get("policies").and_then(Value::as_object) else {
        return found;
    };
    let key_of = |policy: &str| {
        policies
            .get(policy)
            .and_then(|policy| policy.get("key"))
            .and_then(|key| chosen_part(key, set))
    };
    let all: Vec<&str> = policies.keys().map(String::as_str).collect();
    let rules = value
        .get("rules")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let limits: Vec<Vec<&str>> = match rules {
        [] => vec![all],
        rules => rules.iter().map(|rule| texts(&rule["limit"])).collect(),
    };
    let mut told = BTreeSet::new();
    for names in limits {
        // A policy beside it whose key nobody chooses bounds what all those keys get together.
        if names.is_empty() || names.iter().any(|name| key_of(name).is_none()) {
            continue;
        }
        for name in names {
            let Some(part) = key_of(name).filter(|_| told.insert(name.to_owned())) else {
                continue;
            };
            let path = format!("policies.{name}.key");
            let message = format!(
                "counts by {part}, which clients write themselves: whoever changes it has a new quota"
            );
            let help = "limit the same requests by a policy besides whose key clients can't choose, `client_ip` or a `claim`; or let jwt-auth set the header";
            let finding = Finding::new(Rule::ForgeableKey, slot.locate_value(&path), message);
            found.push(finding.about(slot.kind.name(), path).help(help));
        }
    }
    for (index, rule) in rules.iter().enumerate() {
        let Some((part, place)) = chosen_match(&rule["match"], set) else {
            continue;
        };
        let path = format!("rules[{index}].match.{place}");
        let message = format!(
            "chooses the plan by {part}, which clients write themselves: whoever writes it has that plan"
        );
        let help = "let jwt-auth set the header from a claim (`headers`), in front of this filter: a client's own is removed then";
        let finding = Finding::new(Rule::ForgeableKey, slot.locate(&path), message);
        found.push(finding.about(slot.kind.name(), path).help(help));
    }
    found
}

fn jwt_auth(slot: &Slot, value: &Value) -> Vec<Finding> {
    let rules = value
        .get("rules")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let open = rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.get("allow").is_some());
    open.filter_map(|(index, rule)| {
        let (part, place) = chosen_match(&rule["match"], &BTreeSet::new())?;
        let path = format!("rules[{index}].match.{place}");
        let message = format!(
            "needs no token of requests with {part}, which clients write themselves: whoever writes it passes"
        );
        let finding = Finding::new(Rule::ForgeableKey, slot.locate(&path), message);
        Some(
            finding
                .about(slot.kind.name(), path)
                .help("tell such requests apart by what a client can't choose, or require a token of them"),
        )
    })
    .collect()
}

/// The part of a key that clients choose, in words.
fn chosen_part(key: &Value, set: &BTreeSet<String>) -> Option<String> {
    if let Some(parts) = key.as_array() {
        return parts.iter().find_map(|part| chosen_part(part, set));
    }
    let part = key.as_object()?;
    if let Some(first) = part.get("first") {
        return chosen_part(first, set);
    }
    ["header", "cookie", "query"].into_iter().find_map(|kind| {
        let name = part.get(kind)?.as_str()?;
        chosen(kind, name, set)
    })
}

/// What a rule asks of a request that clients write, in words, and where: `headers.x-plan`. That something isn't there, no
/// client gains by.
fn chosen_match(conditions: &Value, set: &BTreeSet<String>) -> Option<(String, String)> {
    for (kind, member) in [("header", "headers"), ("cookie", "cookies"), ("query", "query")] {
        for (name, wanted) in conditions
            .get(member)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if wanted == &Value::Bool(false) {
                continue;
            }
            if let Some(words) = chosen(kind, name, set) {
                return Some((words, format!("{member}.{name}")));
            }
        }
    }
    None
}

fn chosen(kind: &str, name: &str, set: &BTreeSet<String>) -> Option<String> {
    let name = name.to_ascii_lowercase();
    if kind == "header" && (set.contains(&name) || SET_BY_ENVOY.contains(&name.as_str())) {
        return None;
    }
    Some(match kind {
        "header" => format!("the header {name}"),
        "cookie" => format!("the cookie {name}"),
        _ => format!("the query parameter {name}"),
    })
}

/// The request fields that a filter sets, whatever clients sent.
fn fields_set(kind: FilterKind, value: &Value) -> Vec<String> {
    let names = |headers: Option<&Value>| -> Vec<String> {
        let headers = headers.and_then(Value::as_object);
        headers
            .into_iter()
            .flatten()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect()
    };
    match kind {
        FilterKind::JwtAuth => {
            let providers = value.get("providers").and_then(Value::as_object);
            let mut set: Vec<_> = providers
                .into_iter()
                .flatten()
                .flat_map(|(_, provider)| names(provider.get("headers")))
                .collect();
            for (_, provider) in providers.into_iter().flatten() {
                set.extend(
                    provider
                        .get("payload_header")
                        .and_then(Value::as_str)
                        .map(str::to_ascii_lowercase),
                );
            }
            set
        }
        FilterKind::GeoRouting => match value.get("headers") {
            None => vec!["x-geo-country".to_owned()],
            headers => names(headers),
        },
        _ => Vec::new(),
    }
}

/// Whether a filter of this type may set request fields, or let through only those that hold.
fn may_set(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    ![
        "compressor",
        "router.v3",
        "health_check",
        "cors",
        "geoip",
        "buffer",
        "fault",
        "ratelimit",
        "grpc_stats",
    ]
    .iter()
    .any(|harmless| kind.contains(harmless))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// Fields that Envoy takes out of what clients send, or sets itself.
const SET_BY_ENVOY: [&str; 2] = ["x-forwarded-client-cert", "x-envoy-internal"];
