use crate::{
    members::{Members, Mistake, items},
    policy::Policy,
};
use http_filter::{Match, config};
use serde_json::Value;

/// Which policies limit which requests.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) matches: Match,
    /// The policies' numbers; none exempts.
    pub(crate) limit: Vec<usize>,
}

/// Reads rules; without any, all policies limit all requests.
pub(crate) fn parse(members: &mut Members<'_>, policies: &[Policy]) -> Vec<Rule> {
    let Some(items) = members.items("rules") else {
        return vec![Rule {
            matches: Match::default(),
            limit: (0..policies.len()).collect(),
        }];
    };
    let mistake = members.mistake();
    let mut rules: Vec<Rule> = Vec::with_capacity(items.len());
    for (value, path) in items {
        if rules.iter().any(|earlier| earlier.matches == Match::default()) {
            mistake.note(&path, "a rule after one that matches everything", "that one last");
        }
        rules.push(Rule::parse(value, &path, policies, mistake));
    }
    rules
}

impl Rule {
    fn parse(value: Value, path: &str, policies: &[Policy], mistake: &Mistake) -> Self {
        let mut members = Members::new(value, path, &["match", "limit"], mistake);
        let matches = members
            .parsed("match", config::from_value::<Match>)
            .unwrap_or_default();
        let names = members.required("limit", "names of policies, or [] for none");
        let mut limit = Vec::new();
        for (name, path) in items(names, &members.path("limit")) {
            let number = policies.iter().position(|policy| name == policy.name.as_str());
            match number.filter(|number| !limit.contains(number)) {
                Some(number) => limit.push(number),
                None => {
                    let known: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
                    mistake.note_value(&path, &name, &["each once, of ", &known.join(", ")].concat());
                }
            }
        }
        if limit.len() > MAX_LIMITS {
            members.note("limit", &limit.len().to_string(), "at most 16 policies");
        }
        Self { matches, limit }
    }
}

/// The most policies of a rule: each costs a host call or two per request.
const MAX_LIMITS: usize = 16;
