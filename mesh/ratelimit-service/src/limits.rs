//! The limits, in limitador's language, and which of them a question is about.

use crate::{error::Error, message::Question};
use limitador::{
    counter::Counter,
    limit::{Context, Limit, Predicate},
};
use std::{fs, path::Path, sync::Arc};

/// The limits of all domains.
#[derive(Debug)]
pub(crate) struct Limits(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    limit: Arc<Limit>,
    /// Its conditions once more: limitador itself panics on those that can't be evaluated.
    conditions: Vec<Predicate>,
}

impl Limits {
    /// Reads a file of limits: a list of `namespace`, `max_value`, `seconds`, `conditions`, `variables`, `name`.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::File(path.to_owned(), error))?;
        Self::parse(&text).map_err(|what| Error::Limits(path.to_owned(), what))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let limits: Vec<Limit> = serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?;
        let rule = |limit: Limit| {
            let conditions: Result<_, _> = limit.conditions().into_iter().map(Predicate::parse).collect();
            Ok(Rule {
                conditions: conditions.map_err(|error| error.to_string())?,
                limit: Arc::new(limit),
            })
        };
        limits.into_iter().map(rule).collect::<Result<_, _>>().map(Self)
    }

    /// The counters that a question concerns.
    pub(crate) fn counters(&self, question: Question) -> Result<Vec<Counter>, Error> {
        let mut context = Context::default();
        context.list_binding("descriptors".into(), question.descriptors);
        let mut counters = Vec::new();
        for rule in &self.0 {
            let namespace = rule.limit.namespace().as_ref();
            let wrong = |error: String| Error::Expression(namespace.to_owned(), error);
            if namespace != question.domain {
                continue;
            }
            let mut applies = true;
            for condition in &rule.conditions {
                applies &= condition
                    .test(&context)
                    .map_err(|error| wrong(error.to_string()))?;
            }
            if applies {
                let counter = Counter::new(Arc::clone(&rule.limit), &context);
                counters.extend(counter.map_err(|error| wrong(error.to_string()))?);
            }
        }
        Ok(counters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "
- {namespace: edge, max_value: 5, seconds: 10, conditions: [\"descriptors[0]['generic_key'] == 'compute'\"], variables: [\"descriptors[0]['sub']\"]}
- {namespace: edge, max_value: 9, seconds: 60, conditions: [], variables: []}
";

    fn question(domain: &str, entries: &[(&str, &str)]) -> Question {
        let entry = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Question {
            domain: domain.into(),
            descriptors: vec![entries.iter().map(entry).collect()],
            hits: 1,
        }
    }

    #[test]
    fn a_question_concerns_the_limits_whose_conditions_hold() {
        let limits = Limits::parse(TWO).unwrap();
        for (name, question, expected) in [
            (
                "both",
                question("edge", &[("generic_key", "compute"), ("sub", "ada")]),
                &[5, 9][..],
            ),
            (
                "another policy",
                question("edge", &[("generic_key", "login"), ("sub", "ada")]),
                &[9],
            ),
            (
                "nobody to count for",
                question("edge", &[("generic_key", "compute")]),
                &[9],
            ),
            (
                "another domain",
                question("shop", &[("generic_key", "compute"), ("sub", "ada")]),
                &[],
            ),
        ] {
            let counters = limits.counters(question).unwrap();
            let limits: Vec<u64> = counters.iter().map(Counter::max_value).collect();
            assert_eq!(limits, expected, "{name}");
        }
    }

    #[test]
    fn a_condition_that_can_not_be_evaluated_is_an_error_not_the_end() {
        let text =
            "[{namespace: edge, max_value: 5, seconds: 10, conditions: [\"descriptors[0]\"], variables: []}]";
        let error = Limits::parse(text)
            .unwrap()
            .counters(question("edge", &[]))
            .unwrap_err();
        assert!(
            error.to_string().starts_with("a limit of edge can't be applied"),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_list_of_limits_is_refused() {
        for text in [
            "limits: 3",
            "[{namespace: edge}]",
            "[{namespace: e, max_value: 1, seconds: 1, conditions: [\"(\"], variables: []}]",
        ] {
            assert!(Limits::parse(text).is_err(), "{text}");
        }
    }
}
