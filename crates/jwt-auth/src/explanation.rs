//! Why a token is asked for, accepted or refused, for a person who asks. Nothing of it is in the modules, and nothing of
//! a token's signature is in it.

use crate::{
    Algorithm, JwtAuth, Refusal,
    config::{
        provider::{Halt, Provider},
        requirement::{Demand, Tokens},
        source::Source,
    },
    token::{jws::Compact, verified::Verified},
};
use http_filter::{Headers, Host, Reading, explain};
use serde_json::{Map, Value};
use std::rc::Rc;

/// Which rule holds, and what it asks for.
pub(crate) fn demand(config: &JwtAuth, request: &Headers, host: &dyn Host) {
    let rule_of = |reading: Reading<'_>| number_of(config, config.demand_of(reading, request));
    request.readings(config.concerns).explain(host, rule_of);
    let Ok(demand) = config.demand(request) else {
        explain!(
            host,
            "rule",
            "the path may be read in several ways, so that no rule can be trusted"
        );
        return;
    };
    let rule = match number_of(config, demand) {
        Some(number) => format!("rules[{number}] is the first for this request"),
        None => "no rule is for this request".to_owned(),
    };
    match demand {
        Demand::Anyone => explain!(host, "rule", "{rule}: anyone passes"),
        Demand::Nobody => explain!(host, "rule", "{rule}: nobody passes"),
        Demand::Tokens(tokens) => {
            let issuers: Vec<_> = tokens
                .providers
                .iter()
                .filter_map(|number| config.providers.get(*number).map(issuer))
                .collect();
            let scopes = match tokens.scopes.as_slice() {
                [] => String::new(),
                scopes => format!(", with the scopes {}", scopes.join(" ")),
            };
            explain!(
                host,
                "rule",
                "{rule}: a token of {}{scopes} is needed",
                issuers.join(" or of ")
            );
        }
    }
}

fn number_of(config: &JwtAuth, demand: &Demand) -> Option<usize> {
    let mut rules = config.rules.iter();
    rules.position(|rule| std::ptr::eq(&rule.demand, demand))
}

/// What was made of a provider's token.
pub(crate) fn token(
    config: &JwtAuth,
    provider: usize,
    request: &Headers,
    result: &Result<Rc<Verified>, Halt>,
    host: &dyn Host,
) {
    let Some(provider) = config.providers.get(provider) else {
        return;
    };
    let Ok(Some(found)) = Source::find(&provider.sources, request) else {
        let places: Vec<_> = provider.sources.iter().map(place).collect();
        let what = match result {
            Err(Halt::Refused(Refusal::Repeated)) => "more than one token",
            _ => "no token",
        };
        explain!(host, "token", "{what} in {}", places.join(", "));
        return;
    };
    let compact = Compact::parse(&found.token);
    let claims = compact
        .as_ref()
        .ok()
        .and_then(|compact| compact.claims().ok())
        .unwrap_or_default();
    if let Ok(compact) = &compact {
        explain!(
            host,
            "token",
            "in {}: {}, kid {}, issuer {}, subject {}",
            place(found.source),
            algorithm(&compact.header.algorithm),
            compact.header.kid.as_deref().unwrap_or("none"),
            claim(&claims, "iss"),
            claim(&claims, "sub")
        );
    }
    match result {
        Ok(_) => explain!(
            host,
            "token",
            "its signature is by {}, its times and audience are accepted",
            issuer(provider)
        ),
        Err(Halt::Pending) => explain!(host, "token", "the keys are on their way"),
        Err(Halt::Refused(refusal)) => {
            explain!(
                host,
                "token",
                "refused by {}: {refusal}{}",
                issuer(provider),
                detail(refusal, provider, &claims, host)
            );
        }
    }
}

/// Whether the tokens have what the rule asks for.
pub(crate) fn sufficiency(tokens: &Tokens, accepted: &[(usize, Rc<Verified>)], host: &dyn Host) {
    let Err(refusal) = tokens.suffices(accepted) else {
        return;
    };
    for (_, token) in accepted {
        let missing: Vec<_> = tokens
            .scopes
            .iter()
            .filter(|scope| !token.has_scope(scope))
            .cloned()
            .collect();
        match refusal {
            Refusal::Scope => explain!(
                host,
                "scope",
                "the rule needs {}, which the token lacks; it has {}",
                missing.join(" "),
                claim(&token.claims, "scope")
            ),
            _ => {
                for unmet in tokens.claims.iter().filter_map(|rule| rule.unmet(&token.claims)) {
                    explain!(host, "claim", "{unmet}");
                }
            }
        }
    }
}

/// What the token says, beside what is accepted.
fn detail(refusal: &Refusal, provider: &Provider, claims: &Map<String, Value>, host: &dyn Host) -> String {
    let now = i64::try_from(host.now().as_secs()).unwrap_or(i64::MAX);
    let ago = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_f64)
            .map(|time| now - time as i64)
    };
    match refusal {
        Refusal::Issuer => format!(
            " (iss is {}, accepted {:?})",
            claim(claims, "iss"),
            provider.issuers
        ),
        Refusal::Audience => format!(
            " (aud is {}, accepted {:?})",
            claim(claims, "aud"),
            provider.audiences
        ),
        Refusal::Algorithm => {
            let names: Vec<_> = provider.algorithms.iter().map(algorithm).collect();
            format!(" (accepted {})", names.join(", "))
        }
        Refusal::Scope => format!(
            " (scope is {}, needed {:?})",
            claim(claims, "scope"),
            provider.scopes
        ),
        Refusal::Claim => {
            let unmet: Vec<_> = provider
                .claims
                .iter()
                .filter_map(|rule| rule.unmet(claims))
                .collect();
            format!(" ({})", unmet.join("; "))
        }
        Refusal::Expired => ago("exp").map_or_else(String::new, |ago| format!(" (exp was {ago} s ago)")),
        Refusal::NotYetValid => ago("nbf")
            .or_else(|| ago("iat"))
            .map_or_else(String::new, |ago| format!(" (in {} s)", -ago)),
        _ => String::new(),
    }
}

/// Its name (RFC 7518 §3.1), which its debug form has in brackets.
fn algorithm(algorithm: &Algorithm) -> String {
    let text = format!("{algorithm:?}");
    let name = text.split_once('(').map_or(text.as_str(), |(_, name)| name);
    name.trim_end_matches(')').to_owned()
}

fn claim(claims: &Map<String, Value>, name: &str) -> String {
    claims
        .get(name)
        .map_or_else(|| "none".to_owned(), Value::to_string)
}

fn issuer(provider: &Provider) -> String {
    match provider.issuers.as_slice() {
        [] => "a provider of any issuer".to_owned(),
        issuers => issuers.join(", "),
    }
}

fn place(source: &Source) -> String {
    match source {
        Source::Header(name, Some(scheme)) => format!("{name} ({scheme})"),
        Source::Header(name, None) => name.to_string(),
        Source::Cookie(name) => format!("the cookie {name}"),
        Source::Query(name) => format!("the query parameter {name}"),
    }
}
