use crate::{
    document::{ClientIpDocument, Document, HeadersDocument, ReplyDocument, RuleDocument},
    filter::Limiter,
    global::Global,
    key::{ClientIp, Facts, networks},
    policy::Policy,
};
use http_filter::{
    ConfigError, FilterConfig, Headers, Host, Match, OneOrMany, Settings, is_ambiguous, update,
};
use ipnet::IpNet;
use std::{cell::Cell, collections::BTreeMap, rc::Rc};

/// The filter's configuration, compiled.
#[derive(Debug)]
pub struct RateLimit {
    pub(crate) policies: Vec<Policy>,
    pub(crate) global: Option<Global>,
    pub(crate) headers: HeadersDocument,
    pub(crate) reply: ReplyDocument,
    pub(crate) client: ClientIp,
    settings: Settings,
    rules: Vec<Rule>,
    /// The policies of all rules, for requests that can't be told apart from those.
    all: Vec<usize>,
    exempt: Vec<IpNet>,
    seed: Cell<Option<(u64, u64)>>,
}

#[derive(Debug)]
struct Rule {
    matches: Match,
    limit: Vec<usize>,
}

impl FilterConfig for RateLimit {
    const NAME: &'static str = "rate-limit";
    /// An override that's no good leaves the plugin's own limits in force.
    const FAIL_CLOSED: bool = false;
    type Document = Document;
    type Filter = Limiter;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        let Document {
            mode,
            per_route,
            policies,
            rules,
            global,
            exempt,
            client_ip,
            headers,
            reply,
            namespace,
        } = document;
        let ClientIpDocument { trusted_hops } = client_ip;
        check_reply(reply)?;
        if policies.is_empty() {
            return Err(ConfigError::new("policies", "none", "at least one policy"));
        }
        let names: BTreeMap<String, usize> = policies.keys().cloned().zip(0..).collect();
        let policies = policies
            .into_iter()
            .map(|(name, policy)| {
                let path = ["policies.", &name].concat();
                Policy::compile(name, policy, global.is_some(), &namespace)
                    .map_err(|error| error.within(&path))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let global = global
            .map(|document| Global::compile(document, &policies))
            .transpose()?;
        let rules = compile_rules(rules, &names)?;
        let all: Vec<usize> = (0..policies.len())
            .filter(|policy| rules.iter().any(|rule| rule.limit.contains(policy)))
            .collect();
        if let Some((name, _)) = names.iter().find(|(_, number)| !all.contains(number)) {
            return Err(ConfigError::new(
                ["policies.", name].concat(),
                "a policy that no rule names",
                "one that some rule's `limit` names",
            ));
        }
        Ok(Self {
            policies,
            global,
            headers,
            reply,
            client: ClientIp { trusted_hops },
            settings: Settings { mode, per_route },
            rules,
            all,
            exempt: networks(&exempt.client_ip, "exempt.client_ip")?,
            seed: Cell::new(None),
        })
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> Limiter {
        Limiter::new(Rc::clone(self))
    }
}

impl RateLimit {
    /// The numbers of the policies that limit a request; `None` where no rule matches.
    ///
    /// A path that upstreams may read as another one must not lead round a limit: it never matches a rule that limits
    /// nothing, and where it matches no rule, all policies of all rules limit it.
    pub(crate) fn policies_for(&self, request: &Headers) -> Option<&[usize]> {
        let rules = self.rules.iter();
        let mut matching = rules
            .filter(|rule| rule.matches.matches(request))
            .map(|rule| rule.limit.as_slice());
        match matching.next() {
            Some(limit) if !limit.is_empty() => Some(limit),
            first if is_ambiguous(request.path()) => {
                let limiting = first.and_then(|_| matching.find(|limit| !limit.is_empty()));
                Some(limiting.unwrap_or(&self.all))
            }
            first => first,
        }
    }

    /// Whether the client is one that nothing here limits.
    pub(crate) fn exempts(&self, facts: &Facts<'_>) -> bool {
        !self.exempt.is_empty()
            && facts
                .address()
                .is_some_and(|address| self.exempt.iter().any(|network| network.contains(&address)))
    }

    /// The process's secret, under which keys are hashed: the first worker to need it makes it, all others read it.
    pub(crate) fn seed(&self, host: &dyn Host) -> (u64, u64) {
        if let Some(seed) = self.seed.get() {
            return seed;
        }
        let fresh = (host.random() ^ host.now().as_nanos() as u64, host.random());
        let stored = update(host, SEED, 8, |stored| match stored.and_then(read_seed) {
            Some(seed) => (seed, None),
            None => (
                fresh,
                Some([fresh.0.to_le_bytes(), fresh.1.to_le_bytes()].concat()),
            ),
        });
        match stored {
            Ok(seed) => {
                self.seed.set(Some(seed));
                seed
            }
            // For one request, then: the next one asks again.
            Err(_) => fresh,
        }
    }
}

/// The key of the process's secret in shared data.
const SEED: &str = "rate-limit/seed";

fn read_seed(stored: &[u8]) -> Option<(u64, u64)> {
    let (halves, []) = stored.as_chunks::<8>() else {
        return None;
    };
    match halves {
        [first, second] => Some((u64::from_le_bytes(*first), u64::from_le_bytes(*second))),
        _ => None,
    }
}

fn compile_rules(
    rules: Option<OneOrMany<RuleDocument>>,
    names: &BTreeMap<String, usize>,
) -> Result<Vec<Rule>, ConfigError> {
    let Some(rules) = rules else {
        return Ok(vec![Rule {
            matches: Match::default(),
            limit: names.values().copied().collect(),
        }]);
    };
    let known = || names.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut compiled: Vec<Rule> = Vec::with_capacity(rules.len());
    for (index, rule) in rules.into_iter().enumerate() {
        let path = format!("rules[{index}]");
        if compiled.iter().any(|earlier| earlier.matches == Match::default()) {
            return Err(ConfigError::new(
                path,
                "a rule after one that matches everything",
                "that one last",
            ));
        }
        let mut limit = Vec::with_capacity(rule.limit.len());
        for (place, name) in rule.limit.iter().enumerate() {
            let error = |found: String| {
                ConfigError::new(
                    format!("{path}.limit[{place}]"),
                    found,
                    ["one of ", &known(), ", once"].concat(),
                )
            };
            let number = names
                .get(name)
                .copied()
                .ok_or_else(|| error(format!("{name:?}")))?;
            if limit.contains(&number) {
                return Err(error(format!("{name:?} again")));
            }
            limit.push(number);
        }
        if limit.len() > MAX_LIMITS {
            return Err(ConfigError::new(
                [&path, ".limit"].concat(),
                limit.len(),
                format_args!("at most {MAX_LIMITS} policies"),
            ));
        }
        compiled.push(Rule {
            matches: rule.matches,
            limit,
        });
    }
    Ok(compiled)
}

fn check_reply(reply: ReplyDocument) -> Result<(), ConfigError> {
    for (field, found, least, most) in [
        ("reply.status", u32::from(reply.status), 400, 599),
        ("reply.grpc_status", reply.grpc_status, 1, 16),
        ("reply.jitter", reply.jitter.into(), 0, 100),
    ] {
        if !(least..=most).contains(&found) {
            return Err(ConfigError::new(field, found, format_args!("{least} to {most}")));
        }
    }
    Ok(())
}

/// The most policies of a rule: each costs a host call or two per request.
const MAX_LIMITS: usize = 16;
