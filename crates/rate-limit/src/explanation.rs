//! Which limits hold and what is left of them, for a person who asks. Nothing of it is in the modules.

use crate::{
    config::{
        RateLimit,
        policy::{Policy, Subject},
    },
    key::Facts,
    quota::ledger::Standing,
};
use http_filter::{Headers, Host, explain};

/// Which rule holds, and the policies that it names.
pub(crate) fn rule(config: &RateLimit, request: &Headers, host: &dyn Host) {
    let met = config.rules_for(request);
    request
        .readings(config.concerns)
        .explain(host, |reading| config.number_for(reading, request));
    if !met.complete {
        explain!(host, "rule", "the policies of all rules limit it");
        return;
    }
    for (place, number) in met.iter().enumerate() {
        let reading = match place {
            0 => "this request",
            _ => "another reading of it",
        };
        let Some((number, rule)) = number.and_then(|number| Some((number, config.rules.get(number)?))) else {
            explain!(host, "rule", "no rule is for {reading}: nothing limits it");
            continue;
        };
        let names: Vec<_> = rule
            .limit
            .iter()
            .filter_map(|number| config.policies.get(*number).map(|policy| policy.name.as_str()))
            .collect();
        let names = match names.as_slice() {
            [] => "nothing".to_owned(),
            names => names.join(", "),
        };
        explain!(
            host,
            "rule",
            "rules[{number}] is the first for {reading}: {names} limits it"
        );
    }
}

/// What a policy counts the request by.
pub(crate) fn subject(policy: &Policy, subject: &Subject, facts: &Facts<'_>) {
    let name = &policy.name;
    let words = policy.key_in_words(facts);
    match subject {
        Subject::Key(_) => explain!(facts.host, "policy", "{name} counts by {words}"),
        Subject::Unlimited => explain!(facts.host, "policy", "{name} doesn't limit {words}"),
        Subject::Missing | Subject::Ambiguous => {
            explain!(
                facts.host,
                "policy",
                "{name} can't tell whom to count for: {words}"
            );
        }
    }
}

/// How the request stands with each policy.
pub(crate) fn standings(config: &RateLimit, standings: &[Standing], host: &dyn Host) {
    for standing in standings {
        let Some(policy) = config.policies.get(standing.policy) else {
            continue;
        };
        let (name, remaining, requests, per) =
            (&policy.name, standing.remaining, policy.requests, policy.per);
        let next = standing
            .next_unit
            .map_or_else(String::new, |next| format!(", the next in {next:.1?}"));
        if standing.refused {
            explain!(
                host,
                "quota",
                "{name} refuses: {remaining} left of {requests} per {per:?}; admitted again in {:.1?}",
                standing.wait
            );
        } else if standing.enforced {
            explain!(
                host,
                "quota",
                "{name} admits: {remaining} left of {requests} per {per:?}{next}"
            );
        } else {
            explain!(
                host,
                "quota",
                "{name} only watches: {remaining} left of {requests} per {per:?}{next}"
            );
        }
    }
}
