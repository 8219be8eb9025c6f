pub(crate) mod claim_rule;
pub(crate) mod compile;
pub(crate) mod deny_list;
pub(crate) mod deny_list_text;
pub(crate) mod fetch_source;
pub(crate) mod fetched;
pub(crate) mod mistake;
pub(crate) mod output;
pub(crate) mod provider;
pub(crate) mod requirement;
pub(crate) mod source;

use crate::{
    config::{
        compile::{deny_list_of, provider_of},
        deny_list::DenyList,
        deny_list_text::RemoteDenyList,
        fetched::Fetched,
        mistake::{milliseconds, mistake},
        provider::Provider,
        requirement::{Demand, Rule},
    },
    document::{AmbiguousPaths, Document},
    keys::remote::RemoteKeys,
    reply::Challenges,
    request::client_budgets::ClientBudgets,
    token::cache::TokenCache,
};
use http_filter::{Concerns, ConfigError, EXPLAINS, FieldName, Settings, error_path::nth};
use shared_fetch::Fetch;
use std::{cell::RefCell, rc::Rc, time::Duration};

/// jwt-auth, configured: which requests need whose token, and what becomes of the claims.
pub struct JwtAuth {
    pub(crate) settings: Settings,
    pub(crate) providers: Vec<Provider>,
    pub(crate) rules: Vec<Rule>,
    /// The claims that are read after a token was verified; `None` where that may be any.
    pub(crate) remembered_claims: Option<Vec<&'static str>>,
    /// What requests need that no rule is for.
    pub(crate) otherwise: Demand,
    pub(crate) allow_cors_preflight: bool,
    /// What becomes of ambiguous paths; `None` where no rule looks at paths or methods.
    /// What of a request the rules are about.
    pub(crate) concerns: Concerns,
    pub(crate) ambiguous_paths: AmbiguousPaths,
    pub(crate) cache: RefCell<TokenCache>,
    /// What clients have cost lately that sent tokens in vain; routes' overrides share it.
    pub(crate) budgets: Rc<RefCell<ClientBudgets>>,
    pub(crate) max_token: usize,
    pub(crate) wait: Duration,
    pub(crate) denied: DenyList,
    pub(crate) deny_list: Option<Rc<RemoteDenyList>>,
    pub(crate) challenges: Challenges,
    /// The headers that are ours to set, whoever the provider is.
    pub(crate) output_names: Vec<FieldName>,
    pub(crate) key_sets: Vec<Rc<RemoteKeys>>,
}

impl JwtAuth {
    /// Compiles a document. An override shares what is `fetched` already.
    pub(crate) fn with(document: Document, mut fetched: Fetched) -> Result<Self, ConfigError> {
        if document.providers.is_empty() {
            return Err(mistake("providers", "none", "at least one provider"));
        }
        let wait = document.wait.duration();
        if wait > Duration::from_secs(30) {
            return Err(mistake("wait", &milliseconds(wait), "at most 30s"));
        }
        let (mut names, mut providers) = (Vec::new(), Vec::new());
        for (name, provider) in document.providers {
            let path = ["providers.", &name].concat();
            providers.push(provider_of(&name, provider, &mut fetched).map_err(|error| error.within(&path))?);
            names.push(name);
        }
        // A refusal hands out one nonce, whichever provider's token will come with it.
        let mut nonces = providers
            .iter()
            .filter_map(|provider| provider.dpop_nonces.as_ref());
        if let Some(first) = nonces.next()
            && !nonces.all(|others| others.are(first))
        {
            return Err(mistake(
                "providers",
                "several dpop.nonce_secret or dpop.nonce_lifetime",
                "the same in all providers",
            ));
        }
        let rules = (0..)
            .zip(document.rules)
            .map(|(index, rule): (usize, _)| {
                Rule::compile(rule, &names).map_err(|error| error.within(&nth("rules", index)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let deny = document.deny.unwrap_or_default();
        let deny_list = deny_list_of(&deny, &fetched).map_err(|error| error.within("deny.list"))?;
        let denied = DenyList::new(deny.jti, deny.sub, deny.kid);
        let mut output_names = Vec::new();
        for name in providers.iter().flat_map(|provider| provider.outputs.names()) {
            if !output_names.contains(name) {
                output_names.push(name.clone());
            }
        }
        Ok(Self {
            settings: Settings {
                mode: document.mode,
                per_route: document.per_route,
                publish: document.publish,
            },
            remembered_claims: remembered_claims(&rules, !denied.is_empty() || deny_list.is_some()),
            otherwise: Rule::any_token(providers.len()),
            concerns: rules.iter().map(|rule| rule.matches.concerns()).collect(),
            ambiguous_paths: document.ambiguous_paths,
            providers,
            rules,
            allow_cors_preflight: document.allow_cors_preflight,
            cache: RefCell::new(TokenCache::new(document.cache_entries.min(MAX_CACHE_ENTRIES))),
            budgets: fetched.budgets,
            max_token: usize::try_from(document.max_token.bytes()).unwrap_or(usize::MAX),
            wait,
            denied,
            deny_list,
            challenges: Challenges::compile(&document.replies).map_err(|error| error.within("replies"))?,
            output_names,
            key_sets: fetched.key_sets,
        })
    }

    /// The documents that are fetched.
    pub(crate) fn fetches(&self) -> impl Iterator<Item = &dyn Fetch> {
        let key_sets = self.key_sets.iter().map(|remote| &remote.fetched as &dyn Fetch);
        let deny_list = self.deny_list.iter().map(|remote| &**remote as &dyn Fetch);
        key_sets.chain(deny_list)
    }
}

/// The claims that rules, bindings and lists read, each time a token comes.
fn remembered_claims(rules: &[Rule], denies: bool) -> Option<Vec<&'static str>> {
    if EXPLAINS || rules.iter().any(|rule| rule.demand.reads_claims()) {
        return None;
    }
    let mut names = vec!["cnf"];
    if rules.iter().any(|rule| rule.demand.reads_scopes()) {
        names.extend(["scope", "scp"]);
    }
    if denies {
        names.extend(["jti", "sub"]);
    }
    Some(names)
}

const MAX_CACHE_ENTRIES: usize = 100_000;
