use crate::{
    Refusal,
    config::{claim_rule::ClaimRule, mistake::mistake, provider::Halt},
    document::{Allow, Optional, RequireDocument, RuleDocument},
    token::verified::Verified,
};
use http_filter::{
    ConfigError, Match,
    error_path::{nth, quoted},
};
use std::rc::Rc;

/// What the requests of a match need.
pub(crate) struct Rule {
    pub(crate) matches: Match,
    pub(crate) demand: Demand,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Demand {
    Anyone,
    Nobody,
    Tokens(Tokens),
}

/// The tokens that are needed, and what must be in them.
#[derive(Debug, PartialEq)]
pub(crate) struct Tokens {
    pub(crate) requirement: Requirement,
    /// The providers that the requirement names, each once.
    pub(crate) providers: Vec<usize>,
    pub(crate) optional: Optional,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Vec<ClaimRule>,
}

/// Providers by their number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    Provider(usize),
    Any(Vec<Requirement>),
    All(Vec<Requirement>),
}

impl Rule {
    pub(crate) fn compile(document: RuleDocument, providers: &[String]) -> Result<Self, ConfigError> {
        let demand = match (document.allow, &document.require) {
            (Some(_), Some(_)) => {
                return Err(mistake("", "both allow and require", "one of them"));
            }
            (Some(allow), None) => {
                let more = !document.scopes.is_empty()
                    || !document.claims.is_empty()
                    || document.optional != Optional::No;
                if more {
                    return Err(mistake(
                        "allow",
                        "scopes, claims or optional beside it",
                        "nothing else",
                    ));
                }
                match allow {
                    Allow::Anyone => Demand::Anyone,
                    Allow::Nobody => Demand::Nobody,
                }
            }
            (None, require) => {
                let requirement = match require {
                    Some(require) => Requirement::compile(require, providers, 0)
                        .map_err(|error| error.within("require"))?,
                    None => Requirement::any_of(providers.len()),
                };
                Demand::Tokens(Tokens {
                    optional: document.optional,
                    scopes: document.scopes.0,
                    claims: ClaimRule::compile(document.claims).map_err(|error| error.within("claims"))?,
                    ..Tokens::of(requirement)
                })
            }
        };
        Ok(Self {
            matches: document.matches,
            demand,
        })
    }

    /// A token of any provider: what holds where no rule says otherwise.
    pub(crate) fn any_token(providers: usize) -> Demand {
        Demand::Tokens(Tokens::of(Requirement::any_of(providers)))
    }
}

impl Demand {
    /// Whether it reads claims of the rule's own choice.
    pub(crate) fn reads_claims(&self) -> bool {
        matches!(self, Self::Tokens(tokens) if !tokens.claims.is_empty())
    }

    /// Whether it reads the scopes of tokens.
    pub(crate) fn reads_scopes(&self) -> bool {
        matches!(self, Self::Tokens(tokens) if !tokens.scopes.is_empty())
    }

    /// Whether requests may pass without a token.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Anyone => true,
            Self::Nobody => false,
            Self::Tokens(tokens) => tokens.optional != Optional::No,
        }
    }
}

impl Tokens {
    fn of(requirement: Requirement) -> Self {
        let mut providers = Vec::new();
        requirement.providers(&mut providers);
        Self {
            requirement,
            providers,
            optional: Optional::No,
            scopes: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// Whether one of the accepted tokens has all that the rule wants.
    pub(crate) fn suffices(&self, accepted: &[(usize, Rc<Verified>)]) -> Result<(), Refusal> {
        let mut refusal = None;
        for (_, token) in accepted {
            if !self.scopes.iter().all(|scope| token.has_scope(scope)) {
                refusal = refusal.or(Some(Refusal::Scope));
            } else if !self.claims.iter().all(|rule| rule.holds(&token.claims)) {
                refusal = Some(Refusal::RuleClaim);
            } else {
                return Ok(());
            }
        }
        refusal.map_or(Ok(()), Err)
    }
}

impl Requirement {
    fn any_of(providers: usize) -> Self {
        Self::Any((0..providers).map(Self::Provider).collect())
    }

    fn compile(document: &RequireDocument, providers: &[String], depth: usize) -> Result<Self, ConfigError> {
        let parts = |kind: &str, parts: &[RequireDocument]| {
            if parts.is_empty() || depth >= MAX_DEPTH {
                return Err(mistake(
                    kind,
                    "an empty list, or one nested too deep",
                    "at least one member, at most 8 levels",
                ));
            }
            parts
                .iter()
                .enumerate()
                .map(|(index, part)| {
                    Self::compile(part, providers, depth + 1).map_err(|error| error.within(&nth(kind, index)))
                })
                .collect()
        };
        match document {
            RequireDocument::Provider(name) => providers
                .iter()
                .position(|known| known == name)
                .map(Self::Provider)
                .ok_or_else(|| mistake("", &quoted(name), "the name of a provider")),
            RequireDocument::Any(any) => parts("any", any).map(Self::Any),
            RequireDocument::All(all) => parts("all", all).map(Self::All),
        }
    }

    /// Whether the requirement is met, as `token` says of each provider; what was accepted goes to `accepted`.
    ///
    /// Of several refusals the one that says most is told; but while keys are on their way, nothing is.
    pub(crate) fn check(
        &self,
        token: &mut dyn FnMut(usize) -> Result<Rc<Verified>, Halt>,
        accepted: &mut Vec<(usize, Rc<Verified>)>,
    ) -> Result<(), Halt> {
        match self {
            Self::Provider(provider) => {
                accepted.push((*provider, token(*provider)?));
                Ok(())
            }
            Self::All(all) => all.iter().try_for_each(|part| part.check(token, accepted)),
            Self::Any(any) => {
                let before = accepted.len();
                let mut halt = Halt::Refused(Refusal::Missing);
                for part in any {
                    match part.check(token, accepted) {
                        Ok(()) => return Ok(()),
                        Err(other) => halt = halt.or(other),
                    }
                    accepted.truncate(before);
                }
                Err(halt)
            }
        }
    }

    /// The providers named, each once.
    fn providers(&self, all: &mut Vec<usize>) {
        match self {
            Self::Provider(provider) if all.contains(provider) => {}
            Self::Provider(provider) => all.push(*provider),
            Self::Any(parts) | Self::All(parts) => parts.iter().for_each(|part| part.providers(all)),
        }
    }
}

impl Halt {
    fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Pending, _) => self,
            (_, Self::Pending) => other,
            (Self::Refused(first), Self::Refused(second)) if first.weight() >= second.weight() => self,
            _ => other,
        }
    }
}

const MAX_DEPTH: usize = 8;
