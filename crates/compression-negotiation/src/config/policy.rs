use crate::{
    Coding, EtagPolicy,
    config::precompressed::Precompressed,
    document::{Document, OnNotAcceptable, RuleDocument, breach::BreachGuard},
};
use http_filter::{Concerns, ConfigError, Headers, Match, Reading};

/// What holds for one request: the plugin's settings, or those of the first rule that matches.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The codings on offer, in order; may hold `identity`.
    pub prefer: Vec<Coding>,
    pub default_coding: Coding,
    pub on_not_acceptable: OnNotAcceptable,
    pub etag: EtagPolicy,
    pub breach_guard: BreachGuard,
    /// Where encoded files are looked for.
    pub precompressed: Option<Precompressed>,
    /// The request fields on which the choice depends, for Vary; empty where there is no choice.
    pub vary: Vec<String>,
}

/// The rules in order, and the plugin's own settings behind them.
#[derive(Debug)]
pub(crate) struct Policies {
    rules: Vec<(Match, Policy)>,
    /// What of a request the conditions are about.
    concerns: Concerns,
    base: Policy,
}

impl Policies {
    /// Compiles rules and plugin settings.
    pub(crate) fn compile(document: &mut Document) -> Result<Self, ConfigError> {
        let base = Settings {
            prefer: match document.prefer.take() {
                Some(prefer) => checked(prefer.0, "prefer")?,
                None => DEFAULT_PREFER.to_vec(),
            },
            default_coding: document.default_coding.unwrap_or(Coding::Identity),
            on_not_acceptable: document.on_not_acceptable.unwrap_or_default(),
            etag: document.etag.unwrap_or_default(),
            breach_guard: document.breach_guard.unwrap_or_default(),
            precompressed: None,
        };
        let mut looked_at: Vec<String> = Vec::new();
        let mut rules = Vec::with_capacity(document.rules.len());
        for (index, rule) in std::mem::take(&mut document.rules).into_iter().enumerate() {
            let path = ["rules[", &index.to_string(), "]"].concat();
            looked_at.extend(rule.matching.headers.keys().map(|name| name.to_string()));
            if !rule.matching.cookies.is_empty() {
                looked_at.push("cookie".to_owned());
            }
            let (condition, settings) = base.with(rule).map_err(|error| error.within(&path))?;
            let default_path = [&path, ".default_coding"].concat();
            rules.push((condition, settings.policy(&looked_at, &default_path)?));
        }
        Ok(Self {
            concerns: rules.iter().map(|(condition, _)| condition.concerns()).collect(),
            rules,
            base: base.policy(&looked_at, "default_coding")?,
        })
    }

    /// Which policy holds for `request`. Of those that its readings lead to, one that guards what is secret from being measured goes
    /// first: a plain response never harms.
    pub(crate) fn find(&self, request: &Headers) -> usize {
        let none = self.rules.len();
        let mut policy_of = |reading: Reading<'_>| {
            let mut rules = self.rules.iter();
            rules
                .position(|(condition, _)| condition.matches_as(reading, request))
                .unwrap_or(none)
        };
        let met = request.readings(self.concerns).choices(&mut policy_of);
        if met.complete && met.others.is_empty() {
            return met.first;
        }
        let any = if met.complete { 0..0 } else { 0..none };
        let guards = |index: &usize| self.at(*index).breach_guard.guards(request);
        met.iter().copied().chain(any).find(guards).unwrap_or(met.first)
    }

    /// The policy found.
    pub(crate) fn at(&self, index: usize) -> &Policy {
        self.rules.get(index).map_or(&self.base, |(_, policy)| policy)
    }
}

#[derive(Clone)]
struct Settings {
    prefer: Vec<Coding>,
    default_coding: Coding,
    on_not_acceptable: OnNotAcceptable,
    etag: EtagPolicy,
    breach_guard: BreachGuard,
    precompressed: Option<Precompressed>,
}

impl Settings {
    fn with(&self, rule: RuleDocument) -> Result<(Match, Self), ConfigError> {
        let says_something = rule.prefer.is_some()
            || rule.default_coding.is_some()
            || rule.on_not_acceptable.is_some()
            || rule.etag.is_some()
            || rule.breach_guard.is_some()
            || rule.precompressed.is_some();
        if !says_something {
            return Err(ConfigError::new(
                "",
                "a rule without a setting",
                "prefer, default_coding, on_not_acceptable, etag, breach_guard or precompressed",
            ));
        }
        let mut settings = Self {
            // A rule that offers something else isn't tied to the default coding outside of it.
            default_coding: match (rule.default_coding, &rule.prefer) {
                (Some(coding), _) => coding,
                (None, Some(prefer)) if !prefer.contains(&self.default_coding) => Coding::Identity,
                _ => self.default_coding,
            },
            prefer: match rule.prefer {
                Some(prefer) => checked(prefer.0, "prefer")?,
                None => self.prefer.clone(),
            },
            on_not_acceptable: rule.on_not_acceptable.unwrap_or(self.on_not_acceptable),
            etag: rule.etag.unwrap_or(self.etag),
            breach_guard: rule.breach_guard.unwrap_or(self.breach_guard),
            precompressed: None,
        };
        settings.precompressed = rule
            .precompressed
            .map(|document| Precompressed::compile(document, &settings.prefer))
            .transpose()?;
        Ok((rule.matching, settings))
    }

    fn policy(&self, looked_at: &[String], default_path: &str) -> Result<Policy, ConfigError> {
        if self.default_coding != Coding::Identity && !self.prefer.contains(&self.default_coding) {
            let expected = "one of the codings in `prefer`, or identity";
            return Err(ConfigError::new(default_path, self.default_coding, expected));
        }
        let mut vary = Vec::new();
        // Who is told apart by another field may be offered more than this one.
        if !looked_at.is_empty() || self.prefer.iter().any(|coding| *coding != Coding::Identity) {
            vary.push("Accept-Encoding".to_owned());
        }
        for name in looked_at {
            if !vary.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                vary.push(name.clone());
            }
        }
        Ok(Policy {
            prefer: self.prefer.clone(),
            default_coding: self.default_coding,
            on_not_acceptable: self.on_not_acceptable,
            etag: self.etag,
            breach_guard: self.breach_guard,
            precompressed: self.precompressed.clone(),
            vary,
        })
    }
}

/// An order of preference in which no coding stands twice.
pub(crate) fn checked(prefer: Vec<Coding>, path: &str) -> Result<Vec<Coding>, ConfigError> {
    if prefer.is_empty() {
        return Err(ConfigError::new(
            path,
            "an empty list",
            "at least one coding, or identity",
        ));
    }
    for (index, coding) in prefer.iter().enumerate() {
        if prefer.iter().take(index).any(|other| other == coding) {
            let path = [path, "[", &index.to_string(), "]"].concat();
            return Err(ConfigError::new(path, coding, "every coding once"));
        }
    }
    Ok(prefer)
}

const DEFAULT_PREFER: &[Coding] = &[Coding::Zstd, Coding::Br, Coding::Gzip];
