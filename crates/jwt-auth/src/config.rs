use crate::{
    Algorithm,
    cache::TokenCache,
    challenge::Challenges,
    claim_rule::ClaimRule,
    deny::DenyList,
    document::{AmbiguousPaths, DenyDocument, Document, JwksDocument, ProviderDocument},
    filter::Bearer,
    key_set::KeySet,
    output::Outputs,
    pem,
    provider::Provider,
    remote::{Fetch, Remote},
    remote_address::Address,
    requirement::{Demand, Rule},
    source::Source,
    token::millis,
};
use http_filter::{CallResponse, ConfigError, FilterConfig, Host, Settings, Tick};
use jsonwebtoken::AlgorithmFamily;
use std::{cell::RefCell, rc::Rc, time::Duration};

/// jwt-auth, configured: which requests need whose token, and what becomes of the claims.
pub struct JwtAuth {
    settings: Settings,
    pub(crate) providers: Vec<Provider>,
    pub(crate) rules: Vec<Rule>,
    /// What requests need that no rule is for.
    pub(crate) otherwise: Demand,
    pub(crate) allow_cors_preflight: bool,
    /// What becomes of ambiguous paths; `None` where no rule looks at paths.
    pub(crate) ambiguous_paths: Option<AmbiguousPaths>,
    pub(crate) cache: RefCell<TokenCache>,
    pub(crate) max_token: usize,
    pub(crate) wait: Duration,
    pub(crate) denied: DenyList,
    pub(crate) deny_list: Option<Rc<Remote<DenyList>>>,
    pub(crate) challenges: Challenges,
    /// The headers that are ours to set, whoever the provider is.
    pub(crate) output_names: Vec<String>,
    key_sets: Vec<Rc<Remote<KeySet>>>,
}

/// Documents that are fetched already, for configurations that share them.
#[derive(Default)]
struct Fetched {
    key_sets: Vec<Rc<Remote<KeySet>>>,
    deny_list: Option<Rc<Remote<DenyList>>>,
    /// Whether others must not be added: an override is never ticked.
    closed: bool,
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
        let mut tick = Tick::default();
        for (token, fetch) in (0..).zip(self.fetches()) {
            let (call, next) = fetch.on_tick(host);
            tick.calls.extend(call.map(|call| (token, call)));
            tick.next = Some(tick.next.map_or(next, |earlier| earlier.min(next)));
        }
        tick
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        if let Some(fetch) = self.fetches().nth(token as usize) {
            fetch.on_response(response, host);
        }
        Some(AFTER_RESPONSE)
    }
}

impl JwtAuth {
    fn with(document: Document, mut fetched: Fetched) -> Result<Self, ConfigError> {
        if document.providers.is_empty() {
            return Err(ConfigError::new("providers", "none", "at least one provider"));
        }
        let wait = document.wait.duration();
        if wait > Duration::from_secs(30) {
            return Err(ConfigError::new("wait", format_args!("{wait:?}"), "at most 30s"));
        }
        let (mut names, mut providers) = (Vec::new(), Vec::new());
        for (name, provider) in document.providers {
            let path = ["providers.", &name].concat();
            providers.push(provider_of(provider, &mut fetched).map_err(|error| error.within(&path))?);
            names.push(name);
        }
        let rules = (0..)
            .zip(document.rules)
            .map(|(index, rule): (usize, _)| {
                Rule::compile(rule, &names).map_err(|error| error.within(&format!("rules[{index}]")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let deny = document.deny.unwrap_or_default();
        let deny_list = deny_list_of(&deny, &fetched).map_err(|error| error.within("deny.list"))?;
        let mut output_names: Vec<String> = providers
            .iter()
            .flat_map(|provider| provider.outputs.names().cloned())
            .collect();
        output_names.sort_unstable();
        output_names.dedup();
        Ok(Self {
            settings: Settings {
                mode: document.mode,
                per_route: document.per_route,
            },
            otherwise: Rule::any_token(providers.len()),
            ambiguous_paths: rules
                .iter()
                .any(|rule| !rule.matches.path.is_empty())
                .then_some(document.ambiguous_paths),
            providers,
            rules,
            allow_cors_preflight: document.allow_cors_preflight,
            cache: RefCell::new(TokenCache::new(document.cache_entries.min(MAX_CACHE_ENTRIES))),
            max_token: usize::try_from(document.max_token.bytes()).unwrap_or(usize::MAX),
            wait,
            denied: DenyList::new(deny.jti, deny.sub, deny.kid),
            deny_list,
            challenges: Challenges::compile(&document.replies).map_err(|error| error.within("replies"))?,
            output_names,
            key_sets: fetched.key_sets,
        })
    }

    fn fetches(&self) -> impl Iterator<Item = &dyn Fetch> {
        let key_sets = self.key_sets.iter().map(|remote| &**remote as &dyn Fetch);
        let deny_list = self.deny_list.iter().map(|remote| &**remote as &dyn Fetch);
        key_sets.chain(deny_list)
    }
}

fn provider_of(document: ProviderDocument, fetched: &mut Fetched) -> Result<Provider, ConfigError> {
    let algorithms = algorithms_of(&document.algorithms)?;
    let mut local = None;
    let mut remote = None;
    if let Some(jwks) = &document.jwks {
        match (&jwks.keys, &jwks.uri) {
            (Some(keys), None) => local = Some(inline_keys(jwks, keys)?),
            (None, Some(_)) => {
                remote = Some(remote_keys(jwks, fetched).map_err(|error| error.within("jwks"))?)
            }
            _ => {
                return Err(ConfigError::new(
                    "jwks",
                    "neither or both",
                    "either uri and cluster, or keys",
                ));
            }
        }
    }
    if let Some(pem) = &document.pem {
        let keys = pem::keys(pem)
            .map_err(|problem| ConfigError::new("pem", problem, "public keys or certificates"))?;
        local.get_or_insert_with(KeySet::default).push(keys);
    }
    if local.is_none() && remote.is_none() {
        return Err(ConfigError::new("", "no keys", "jwks or pem"));
    }
    if let Some(keys) = &local
        && remote.is_none()
        && !keys.serves(&algorithms)
    {
        return Err(ConfigError::new(
            "algorithms",
            "none that a key is for",
            "an algorithm of the keys",
        ));
    }
    let mut outputs = Outputs::default();
    for (name, header) in document.headers {
        let field = output_header(&name.0).map_err(|error| error.within("headers"))?;
        if header.claim.is_empty() {
            return Err(ConfigError::new(
                ["headers.", &field, ".claim"].concat(),
                "nothing",
                "a claim's path",
            ));
        }
        outputs.push(field, header);
    }
    outputs.payload = match document.payload_header {
        Some(name) => Some(output_header(&name.0).map_err(|error| error.within("payload_header"))?),
        None => None,
    };
    let sources = sources_of(document.from.0)?;
    Ok(Provider {
        issuers: document.issuer.0,
        audiences: document.audiences.0,
        algorithms,
        local: local.map(Rc::new),
        remote,
        sources,
        forward: document.forward,
        leeway: millis(document.leeway.duration()),
        require_expiration: document.require_expiration,
        max_age: document.max_age.map(|span| millis(span.duration())),
        max_lifetime: document.max_lifetime.map(|span| millis(span.duration())),
        types: document.types.iter().map(|name| media_type(name)).collect(),
        claims: ClaimRule::compile(document.claims).map_err(|error| error.within("claims"))?,
        scopes: document.scopes.0,
        outputs,
        dpop_required: document.dpop.required,
        dpop_origins: document.dpop.origins.0,
        dpop_max_age: millis(document.dpop.max_age.duration()),
        certificate_bound: document.certificate_bound,
    })
}

fn algorithms_of(names: &[String]) -> Result<Vec<Algorithm>, ConfigError> {
    if names.is_empty() {
        return Ok(Algorithm::ASYMMETRIC.to_vec());
    }
    let mut algorithms = Vec::new();
    for (index, name) in names.iter().enumerate() {
        algorithms.push(name.parse().map_err(|_| {
            ConfigError::new(
                format!("algorithms[{index}]"),
                format_args!("{name:?}"),
                "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, HS256, HS384 or HS512",
            )
        })?);
    }
    // Where a public key may serve as a secret, whoever has it can sign (RFC 8725 §3.1).
    let secret = |algorithm: &Algorithm| algorithm.family() == AlgorithmFamily::Hmac;
    if algorithms.iter().any(secret) && !algorithms.iter().all(secret) {
        return Err(ConfigError::new(
            "algorithms",
            "HS with others",
            "HS256, HS384, HS512 in a provider of their own",
        ));
    }
    Ok(algorithms)
}

fn inline_keys(document: &JwksDocument, keys: &[serde_json::Value]) -> Result<KeySet, ConfigError> {
    let remote_only = document.cluster.is_some()
        || document.timeout.is_some()
        || document.refresh.is_some()
        || document.stale.is_some()
        || document.unknown_key_interval.is_some()
        || document.max_bytes.is_some();
    if remote_only {
        return Err(ConfigError::new(
            "jwks",
            "keys with settings for fetching",
            "one of both",
        ));
    }
    let set = serde_json::Map::from_iter([("keys".to_owned(), serde_json::Value::from(keys.to_vec()))]);
    let set = KeySet::from_members(&set)
        .ok_or_else(|| ConfigError::new("jwks.keys", "no key that can verify signatures", "at least one"))?;
    if set.skipped > 0 {
        log::warn!("jwt-auth: {} keys of an inline set are left out", set.skipped);
    }
    Ok(set)
}

fn remote_keys(document: &JwksDocument, fetched: &mut Fetched) -> Result<Rc<Remote<KeySet>>, ConfigError> {
    let address = Address::compile(document)?;
    if let Some(known) = fetched.key_sets.iter().find(|known| known.address == address) {
        return Ok(Rc::clone(known));
    }
    if fetched.closed {
        return Err(never_fetched("uri"));
    }
    let remote = Rc::new(Remote::new("jwks", address, KeySet::parse));
    fetched.key_sets.push(Rc::clone(&remote));
    Ok(remote)
}

fn deny_list_of(
    document: &DenyDocument,
    fetched: &Fetched,
) -> Result<Option<Rc<Remote<DenyList>>>, ConfigError> {
    let Some(list) = &document.list else {
        return Ok(None);
    };
    if list.keys.is_some() {
        return Err(ConfigError::new("keys", "keys", "uri and cluster"));
    }
    let address = Address::compile(list)?;
    match &fetched.deny_list {
        Some(known) if known.address == address => Ok(Some(Rc::clone(known))),
        _ if fetched.closed => Err(never_fetched("uri")),
        _ => Ok(Some(Rc::new(Remote::new("deny_list", address, DenyList::parse)))),
    }
}

fn never_fetched(path: &str) -> ConfigError {
    ConfigError::new(
        path,
        "an address that the plugin's own configuration lacks",
        "one that it fetches",
    )
}

fn sources_of(documents: Vec<crate::document::SourceDocument>) -> Result<Vec<Source>, ConfigError> {
    if documents.is_empty() {
        return Ok(vec![Source::authorization()]);
    }
    (0..)
        .zip(documents)
        .map(|(index, document): (usize, _)| {
            Source::compile(document).map_err(|error| error.within(&format!("from[{index}]")))
        })
        .collect()
}

/// A header that may carry a claim: none that frames the message, or names whom it's for.
fn output_header(name: &str) -> Result<String, ConfigError> {
    const FRAMING: [&str; 8] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "cookie",
    ];
    if FRAMING.contains(&name) {
        return Err(ConfigError::new(
            name,
            "a header with a meaning of its own",
            "another name",
        ));
    }
    Ok(name.to_owned())
}

/// A media type as token headers are compared by: lower case, without `application/`; `none` is the absent one.
fn media_type(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.strip_prefix("application/").unwrap_or(&name) {
        "none" => String::new(),
        other => other.to_owned(),
    }
}

/// How soon to look again after a fetch, whatever it brought.
const AFTER_RESPONSE: Duration = Duration::from_millis(20);
const MAX_CACHE_ENTRIES: usize = 100_000;
