pub(crate) mod cost;
pub(crate) mod policy;
pub(crate) mod responses;
pub(crate) mod rule;
pub(crate) mod table;

use crate::{
    config::{policy::Policy, responses::ResponseSettings, rule::Rule, table::Tables},
    document::{Document, PolicyName},
    key::{ClientIp, Facts, Network},
    service::client::Global,
};
use http_filter::{Choices, Concerns, ConfigError, Headers, Host, Reading, Settings, update};
use std::{borrow::Cow, cell::Cell, rc::Rc};

/// The filter's configuration, compiled.
#[derive(Debug)]
pub struct RateLimit {
    pub(crate) policies: Vec<Policy>,
    pub(crate) global: Option<Global>,
    pub(crate) responses: ResponseSettings,
    pub(crate) client: ClientIp,
    pub(crate) settings: Settings,
    pub(crate) rules: Vec<Rule>,
    /// The policies of all rules, for requests that can't be told apart from those.
    all: Vec<usize>,
    /// Whether a rule looks at paths or methods.
    pub(crate) concerns: Concerns,
    exempt: Vec<Network>,
    seed: Cell<Option<(u64, u64)>>,
    pub(crate) tables: Rc<Tables>,
}

impl RateLimit {
    /// Compiles a document. An override shares the `tables` of the configuration that it overrides.
    pub(crate) fn with(document: Document, tables: Rc<Tables>) -> Result<Self, ConfigError> {
        let with_service = document.global.is_some();
        let mut policies = Vec::with_capacity(document.policies.len());
        for (PolicyName(name), policy) in document.policies {
            let path = ["policies.", &name].concat();
            policies.push(Policy::compile(
                name,
                policy,
                with_service,
                &document.namespace,
                &path,
            )?);
        }
        if policies.is_empty() {
            return Err(ConfigError::at("policies", "", "none", "at least one policy"));
        }
        let rules = rule::compile(document.rules, &policies)?;
        let limits = |policy: &usize| rules.iter().any(|rule| rule.limit.contains(policy));
        let (all, idle): (Vec<usize>, Vec<usize>) = (0..policies.len()).partition(limits);
        if let Some(policy) = idle.first().and_then(|number| policies.get(*number)) {
            return Err(ConfigError::at(
                "policies",
                &policy.name,
                "a policy that no rule names",
                "one that some rule's `limit` names",
            ));
        }
        let global = match document.global {
            Some(global) => Some(Global::compile(global, &policies)?),
            None => None,
        };
        tables.add(policies.iter().map(|policy| &policy.table));
        Ok(Self {
            global,
            client: ClientIp {
                trusted_hops: document.client_ip.trusted_hops,
            },
            exempt: document.exempt.client_ip.0,
            responses: ResponseSettings::new(&document.headers, &document.reply),
            settings: Settings {
                mode: document.mode,
                per_route: document.per_route,
                ..Settings::default()
            },
            seed: Cell::new(None),
            tables,
            concerns: rules.iter().map(|rule| rule.matches.concerns()).collect(),
            policies,
            rules,
            all,
        })
    }

    /// The numbers of the policies that limit a request; `None` where no rule matches. Of a request that upstreams may read in
    /// several ways, those of all readings; of one whose readings can't all be told, all policies of all rules.
    pub(crate) fn policies_for(&self, request: &Headers) -> Option<Cow<'_, [usize]>> {
        let met = self.rules_for(request);
        if !met.complete {
            return Some(Cow::Borrowed(&self.all));
        }
        let limits = |number: usize| self.rules.get(number).map_or(&[][..], |rule| &rule.limit);
        if met.others.is_empty() {
            return met.first.map(|number| Cow::Borrowed(limits(number)));
        }
        let mut numbers: Vec<usize> = Vec::new();
        for number in met.iter().flatten().flat_map(|number| limits(*number)) {
            if !numbers.contains(number) {
                numbers.push(*number);
            }
        }
        Some(Cow::Owned(numbers))
    }

    /// The number of the first rule that matches a request, read in one way.
    pub(crate) fn number_for(&self, reading: Reading<'_>, request: &Headers) -> Option<usize> {
        let mut rules = self.rules.iter();
        rules.position(|rule| rule.matches.matches_as(reading, request))
    }

    /// The number of the first rule that matches each reading of a request.
    pub(crate) fn rules_for(&self, request: &Headers) -> Choices<Option<usize>> {
        let mut rule_of = |reading: Reading<'_>| self.number_for(reading, request);
        request.readings(self.concerns).choices(&mut rule_of)
    }

    /// Whether the client is one that nothing here limits.
    pub(crate) fn exempts(&self, facts: &Facts<'_>) -> bool {
        !self.exempt.is_empty()
            && facts
                .address()
                .is_some_and(|address| self.exempt.iter().any(|network| network.contains(address)))
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
