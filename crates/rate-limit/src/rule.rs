use crate::{
    members::{Members, error},
    policy::Policy,
};
use http_filter::{ConfigError, Match, config};
use serde_json::Value;

/// Which policies limit which requests.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) matches: Match,
    /// The policies' numbers; none exempts.
    pub(crate) limit: Vec<usize>,
}

/// Reads rules; without any, all policies limit all requests.
pub(crate) fn parse(
    rules: Option<Vec<(Value, String)>>,
    policies: &[Policy],
) -> Result<Vec<Rule>, ConfigError> {
    let Some(items) = rules else {
        return Ok(vec![Rule {
            matches: Match::default(),
            limit: (0..policies.len()).collect(),
        }]);
    };
    let mut rules: Vec<Rule> = Vec::with_capacity(items.len());
    for (value, path) in items {
        if rules.iter().any(|earlier| earlier.matches == Match::default()) {
            return Err(error(
                &path,
                "a rule after one that matches everything",
                "that one last",
            ));
        }
        rules.push(Rule::parse(value, &path, policies)?);
    }
    Ok(rules)
}

impl Rule {
    fn parse(value: Value, path: &str, policies: &[Policy]) -> Result<Self, ConfigError> {
        let mut members = Members::new(value, path, &["match", "limit"])?;
        let matches = match members.take("match") {
            None => Match::default(),
            Some(value) => config::from_value(value).map_err(|error| error.within(&members.path("match")))?,
        };
        let names = members.texts("limit")?;
        let names = names.ok_or_else(|| members.missing("limit", "names of policies, or [] for none"))?;
        let mut limit = Vec::with_capacity(names.len());
        for name in &names {
            let number = policies.iter().position(|policy| policy.name == *name);
            match number.filter(|number| !limit.contains(number)) {
                Some(number) => limit.push(number),
                None => {
                    let known: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
                    return Err(members.refuse(
                        "limit",
                        name,
                        &["each once, of ", &known.join(", ")].concat(),
                    ));
                }
            }
        }
        if limit.len() > MAX_LIMITS {
            return Err(members.refuse("limit", &limit.len().to_string(), "at most 16 policies"));
        }
        Ok(Self { matches, limit })
    }
}

/// The most policies of a rule: each costs a host call or two per request.
const MAX_LIMITS: usize = 16;
