use crate::{
    cache::TokenCache,
    challenge::Challenges,
    client_budgets::ClientBudgets,
    compile::{deny_list_of, provider_of},
    deny::DenyList,
    document::{AmbiguousPaths, Document},
    filter::Bearer,
    mistake::{member, milliseconds, mistake},
    provider::Provider,
    remote::{RemoteDenyList, RemoteKeys},
    requirement::{Demand, Rule},
};
use http_filter::{
    CallResponse, Concerns, ConfigError, EXPLAINS, FieldName, FilterConfig, Host, Settings, Tick,
};
use shared_fetch::Fetch;
use std::{cell::RefCell, rc::Rc, time::Duration};

/// jwt-auth, configured: which requests need whose token, and what becomes of the claims.
pub struct JwtAuth {
    settings: Settings,
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
    key_sets: Vec<Rc<RemoteKeys>>,
}

/// What configurations share: documents that are fetched already, and what clients have cost.
#[derive(Default)]
pub(crate) struct Fetched {
    pub(crate) key_sets: Vec<Rc<RemoteKeys>>,
    pub(crate) deny_list: Option<Rc<RemoteDenyList>>,
    budgets: Rc<RefCell<ClientBudgets>>,
    /// Whether others must not be added: an override is never ticked.
    pub(crate) closed: bool,
}

impl FilterConfig for JwtAuth {
    const NAME: &'static str = "jwt-auth";
    type Document = Document;
    type Filter = Bearer;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        Self::with(document, Fetched::default())
    }

    fn overridden(&self, document: Document) -> Result<Self, ConfigError> {
        let fetched = Fetched {
            key_sets: self.key_sets.clone(),
            deny_list: self.deny_list.clone(),
            budgets: Rc::clone(&self.budgets),
            closed: true,
        };
        Self::with(document, fetched)
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> Bearer {
        Bearer::new(Rc::clone(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        // At once: keys are to be there before the first request. Not earlier: clusters may not be ready to be called.
        self.fetches().next().map(|_| Duration::from_millis(1))
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        shared_fetch::tick(self.fetches(), host)
    }

    fn progress(&self, host: &dyn Host) -> u64 {
        // A question may wait for the time at which it may be asked, too.
        let askable = self
            .key_sets
            .iter()
            .map(|keys| u64::from(!keys.is_just_checked(host)));
        askable.fold(shared_fetch::progress(self.fetches(), host), |all, askable| {
            all.wrapping_mul(2).wrapping_add(askable)
        })
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        shared_fetch::respond(self.fetches(), token, response, host)
    }
}

impl JwtAuth {
    fn with(document: Document, mut fetched: Fetched) -> Result<Self, ConfigError> {
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
                Rule::compile(rule, &names).map_err(|error| error.within(&member("rules", index)))
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

    fn fetches(&self) -> impl Iterator<Item = &dyn Fetch> {
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
