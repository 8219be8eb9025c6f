use crate::{config::policy::Policy, document::RuleDocument};
use http_filter::{ConfigError, Match, OneOrMany, error_path::nth};

/// Which policies limit which requests.
#[derive(Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) matches: Match,
    /// The policies' numbers; none exempts.
    pub(crate) limit: Vec<usize>,
}

/// Compiles rules; without any, all policies limit all requests.
pub(crate) fn compile(
    documents: Option<OneOrMany<RuleDocument>>,
    policies: &[Policy],
) -> Result<Vec<Rule>, ConfigError> {
    let Some(documents) = documents else {
        return Ok(vec![Rule {
            matches: Match::default(),
            limit: (0..policies.len()).collect(),
        }]);
    };
    let mut rules: Vec<Rule> = Vec::with_capacity(documents.len());
    for (index, document) in documents.into_iter().enumerate() {
        let path = nth("rules", index);
        if rules.iter().any(|earlier| earlier.matches == Match::default()) {
            let found = "a rule after one that matches everything";
            return Err(ConfigError::at(&path, "", found, "that one last"));
        }
        rules.push(Rule::compile(document, &path, policies)?);
    }
    Ok(rules)
}

impl Rule {
    fn compile(document: RuleDocument, path: &str, policies: &[Policy]) -> Result<Self, ConfigError> {
        let mut limit = Vec::new();
        for (index, name) in document.limit.iter().enumerate() {
            let number = policies.iter().position(|policy| policy.name == *name);
            match number.filter(|number| !limit.contains(number)) {
                Some(number) => limit.push(number),
                None => {
                    let known: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
                    let expected = ["each once, of ", &known.join(", ")].concat();
                    let found = ["\"", name, "\""].concat();
                    return Err(ConfigError::at(path, &nth("limit", index), &found, &expected));
                }
            }
        }
        if limit.len() > MAX_LIMITS {
            let found = limit.len().to_string();
            return Err(ConfigError::at(path, "limit", &found, "at most 16 policies"));
        }
        Ok(Self {
            matches: document.matching,
            limit,
        })
    }
}

/// The most policies of a rule: each costs a host call or two per request.
const MAX_LIMITS: usize = 16;
