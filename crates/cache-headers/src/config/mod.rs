pub(crate) mod deception;
pub(crate) mod field_policy;
pub(crate) mod field_value;
pub(crate) mod policy;
pub(crate) mod rule;
pub(crate) mod syntax;

use crate::{
    config::{deception::Armor, rule::Rule},
    document::{Document, Evaluate, PersonalDocument, request_rule::RequestRuleDocument},
};
use http_filter::{Concerns, ConfigError, FieldName, Match, Settings, error_path::nth};

/// The filter's configuration, compiled.
#[derive(Debug)]
pub struct CacheHeaders {
    pub(crate) settings: Settings,
    pub(crate) rules: Vec<Rule>,
    /// What of a request makes a difference: its target, and what else the rules are about.
    pub(crate) concerns: Concerns,
    pub(crate) evaluate: Evaluate,
    pub(crate) requests: Vec<RequestRuleDocument>,
    pub(crate) personal: PersonalDocument,
    pub(crate) armor: Option<Armor>,
    pub(crate) guard_origin: bool,
    pub(crate) tag_fields: Vec<FieldName>,
    pub(crate) vary_max: usize,
    pub(crate) debug: Option<(FieldName, Match)>,
}

impl CacheHeaders {
    /// Compiles a document.
    pub(crate) fn compile(document: Document) -> Result<Self, ConfigError> {
        let mut rules = Vec::with_capacity(document.rules.len());
        for (index, rule) in document.rules.into_iter().enumerate() {
            rules.push(Rule::compile(rule, index).map_err(|error| error.within(&nth("rules", index)))?);
        }
        if document.evaluate == Evaluate::First {
            refuse_unreachable(&rules)?;
        }
        if document.tag_fields.is_empty() {
            return Err(ConfigError::new(
                "tag_fields",
                "an empty list",
                "at least one header field",
            ));
        }
        for (index, rule) in document.requests.iter().enumerate() {
            rule.check()
                .map_err(|error| error.within(&nth("requests", index)))?;
        }
        let armor = Armor::compile(document.media_types)?;
        Ok(Self {
            settings: Settings {
                mode: document.mode,
                per_route: document.per_route,
                ..Settings::default()
            },
            concerns: rules
                .iter()
                .map(|rule| rule.request.concerns())
                .fold(Concerns::TARGET, Concerns::or),
            rules,
            evaluate: document.evaluate,
            requests: document.requests,
            personal: document.personal,
            armor: document.deception_armor.then_some(armor),
            guard_origin: document.guard_origin,
            tag_fields: document.tag_fields,
            vary_max: document.vary_max,
            debug: document.debug.map(|debug| (debug.header, debug.when)),
        })
    }
}

/// A rule behind one that is for everything never comes to its turn.
fn refuse_unreachable(rules: &[Rule]) -> Result<(), ConfigError> {
    let everything = |rule: &Rule| rule.is_for_any_response() && rule.is_for_any_request();
    match rules.iter().position(everything) {
        Some(index) if index + 1 < rules.len() => {
            let path = nth("rules", index + 1);
            Err(ConfigError::new(
                path,
                "a rule behind one without conditions",
                "that one last, or evaluate: all",
            ))
        }
        _ => Ok(()),
    }
}
