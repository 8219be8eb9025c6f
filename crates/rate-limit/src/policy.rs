use crate::{
    cost::Cost,
    document::{ExemptDocument, Missing, PolicyDocument, QuotaUnit, Scope},
    gcra::Quota,
    key::{Facts, Part, Value, compile_all, networks},
    set::WAYS,
};
use http_filter::{ConfigError, Mode};
use ipnet::IpNet;
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};
use std::{
    hash::{Hash, Hasher},
    time::Duration,
};

/// A policy, compiled.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) quota: Quota,
    pub(crate) requests: u32,
    pub(crate) per: Duration,
    pub(crate) unit: QuotaUnit,
    pub(crate) cost: Cost,
    scope: Scope,
    /// The value of the descriptor's entry `generic_key`; empty for none.
    pub(crate) generic_key: String,
    pub(crate) counters: Counters,
    key: Vec<Part>,
    missing: Missing,
    exempt: Exempt,
    mode: Mode,
    percent: u8,
    /// The keys of its sets in shared data begin so.
    prefix: String,
    sets: u64,
}

/// The names of a policy's counters.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) admitted: String,
    pub(crate) refused: String,
    pub(crate) shadowed: String,
    pub(crate) overflow: String,
    pub(crate) exempt: String,
    pub(crate) missing: String,
}

#[derive(Debug)]
struct Exempt {
    networks: Vec<IpNet>,
    /// A text per part; `None` for any.
    keys: Vec<Vec<Option<String>>>,
}

/// Whom a request is counted for.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A key of this policy.
    Key(Key),
    /// Nobody: the policy doesn't limit this request.
    Unlimited,
    /// Nobody can say: a part of the key is missing.
    Missing,
    /// Nobody can say: a part of the key has several values.
    Ambiguous,
}

/// A key of a policy, in one request.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The key of its set in shared data.
    pub(crate) set: String,
    /// Which of the set's slots is its own.
    pub(crate) fingerprint: u32,
    /// Whether the policy is enforced for it.
    pub(crate) enforced: bool,
    /// The entries of its descriptor; empty for a local policy.
    pub(crate) entries: Vec<(String, String)>,
}

impl Policy {
    pub(crate) fn compile(
        name: String,
        document: PolicyDocument,
        global: bool,
        namespace: &str,
    ) -> Result<Self, ConfigError> {
        let PolicyDocument {
            key,
            requests,
            per,
            burst,
            cost,
            unit,
            missing,
            exempt,
            mode,
            percent,
            slots,
            scope,
            generic_key,
        } = document;
        if name.is_empty()
            || name.len() > 64
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        {
            return Err(ConfigError::new(
                "",
                "this name",
                "1 to 64 letters, digits, \"_\" or \"-\"",
            ));
        }
        check("requests", requests >= 1, requests, "at least 1")?;
        let (per, burst) = (per.duration(), burst.unwrap_or(requests));
        check(
            "per",
            (MILLISECOND..=TEN_YEARS).contains(&per),
            format_args!("{per:?}"),
            "1ms to 10y",
        )?;
        check("burst", burst >= 1, burst, "at least 1")?;
        let refill = Quota::new(requests, per, burst).refill();
        check(
            "burst",
            refill <= TEN_YEARS,
            burst,
            "a burst that refills within 10 years",
        )?;
        check("percent", percent <= 100, percent, "0 to 100")?;
        let slots = slots.unwrap_or(DEFAULT_SLOTS);
        check(
            "slots",
            (WAYS as u32..=MAX_SLOTS).contains(&slots),
            slots,
            format_args!("{WAYS} to {MAX_SLOTS}"),
        )?;
        let scope = scope.unwrap_or(if global { Scope::Global } else { Scope::Local });
        check(
            "scope",
            global || scope == Scope::Local,
            "global",
            "`global`, which says where the service is",
        )?;
        let key = match key {
            Some(parts) => compile_all(parts.0, "key")?,
            None => compile_all(
                vec![crate::key::PartDocument::Word(crate::key::Word::ClientIp)],
                "key",
            )?,
        };
        check(
            "key",
            key.len() <= MAX_PARTS,
            key.len(),
            format_args!("at most {MAX_PARTS} parts"),
        )?;
        let cost = Cost::compile(cost, burst).map_err(|error| error.within("cost"))?;
        let sets = if key.is_empty() {
            1
        } else {
            u64::from(slots.div_ceil(WAYS as u32))
        };
        Ok(Self {
            quota: Quota::new(requests, per, burst).overdrawn_by(cost.debt(burst)),
            exempt: Exempt::compile(exempt, &key)?,
            prefix: prefix(namespace, &name, &key, (requests, per, sets)),
            generic_key: generic_key.unwrap_or_else(|| name.clone()),
            counters: Counters::new(&name),
            name,
            requests,
            per,
            unit,
            cost,
            scope,
            key,
            missing,
            mode,
            percent,
            sets,
        })
    }

    /// Whom a request is counted for, under the process's secret `seed`.
    pub(crate) fn subject(&self, facts: &Facts<'_>, seed: (u64, u64)) -> Subject {
        if !self.exempt.networks.is_empty()
            && facts.address().is_some_and(|address| {
                self.exempt
                    .networks
                    .iter()
                    .any(|network| network.contains(&address))
            })
        {
            return Subject::Unlimited;
        }
        let Ok(values) = self
            .key
            .iter()
            .map(|part| part.value(facts))
            .collect::<Result<Vec<_>, _>>()
        else {
            return Subject::Ambiguous;
        };
        if self.exempt.has(&values) {
            return Subject::Unlimited;
        }
        if values.contains(&None) {
            facts.host.count(&self.counters.missing, 1);
            match self.missing {
                Missing::Share => {}
                Missing::Skip => return Subject::Unlimited,
                Missing::Refuse => return Subject::Missing,
            }
        }
        let Hash128 { h1, h2 } = hash(&values, seed);
        Subject::Key(Key {
            set: self.set((h1 >> 32) % self.sets),
            fingerprint: h1 as u32,
            enforced: self.is_enforced(h2, facts),
            entries: if self.is_global() {
                self.entries(&values)
            } else {
                Vec::new()
            },
        })
    }

    /// Whether the service counts.
    pub(crate) fn is_global(&self) -> bool {
        self.scope == Scope::Global
    }

    /// Whether the policy can refuse anything at all.
    pub(crate) fn can_refuse(&self) -> bool {
        self.mode == Mode::Enforce && self.percent > 0
    }

    fn is_enforced(&self, hash: u64, facts: &Facts<'_>) -> bool {
        let draw = || {
            if self.key.is_empty() {
                facts.host.random()
            } else {
                hash
            }
        };
        self.can_refuse() && (self.percent == 100 || draw() % 100 < u64::from(self.percent))
    }

    fn set(&self, index: u64) -> String {
        let mut key = String::with_capacity(self.prefix.len() + 8);
        key.push_str(&self.prefix);
        push_hex(&mut key, index, 1);
        key
    }

    fn entries(&self, values: &[Option<Value<'_>>]) -> Vec<(String, String)> {
        let label =
            (!self.generic_key.is_empty()).then(|| ("generic_key".to_owned(), self.generic_key.clone()));
        let text = |value: &Option<Value<'_>>| {
            value
                .as_ref()
                .map(|value| bounded(value.to_text()))
                .unwrap_or_default()
        };
        let parts = self
            .key
            .iter()
            .zip(values)
            .map(|(part, value)| (part.entry().to_owned(), text(value)));
        label.into_iter().chain(parts).collect()
    }
}

impl Exempt {
    fn compile(document: ExemptDocument, key: &[Part]) -> Result<Self, ConfigError> {
        let mut keys = Vec::new();
        for (index, texts) in document.keys.into_iter().enumerate() {
            let path = || format!("exempt.keys[{index}]");
            if texts.len() != key.len() || key.is_empty() {
                let expected = format_args!("{}, one per part of the key", key.len()).to_string();
                return Err(ConfigError::new(
                    path(),
                    format_args!("{} values", texts.len()),
                    expected,
                ));
            }
            let canonical = |(text, part): (String, &Part)| match text.as_str() {
                "*" => Ok(None),
                _ => {
                    let found = format!("{text:?}");
                    part.canonical(text)
                        .map(Some)
                        .ok_or_else(|| ConfigError::new(path(), found, "an address"))
                }
            };
            let texts: Vec<Option<String>> = texts
                .into_iter()
                .zip(key)
                .map(canonical)
                .collect::<Result<_, _>>()?;
            if texts.iter().all(Option::is_none) {
                return Err(ConfigError::new(
                    path(),
                    "any key",
                    "a policy that limits something",
                ));
            }
            keys.push(texts);
        }
        Ok(Self {
            networks: networks(&document.client_ip, "exempt.client_ip")?,
            keys,
        })
    }

    fn has(&self, values: &[Option<Value<'_>>]) -> bool {
        self.keys.iter().any(|texts| {
            texts.iter().zip(values).all(|(text, value)| match (text, value) {
                (None, _) => true,
                (Some(text), Some(value)) => *text == value.to_text(),
                (Some(_), None) => false,
            })
        })
    }
}

impl Counters {
    fn new(policy: &str) -> Self {
        let name = |outcome: &str| ["policy.", policy, ".", outcome].concat();
        Self {
            admitted: name("admitted"),
            refused: name("refused"),
            shadowed: name("shadowed"),
            overflow: name("overflow"),
            exempt: name("exempt"),
            missing: name("missing"),
        }
    }
}

fn check(
    field: &str,
    holds: bool,
    found: impl std::fmt::Display,
    expected: impl std::fmt::Display,
) -> Result<(), ConfigError> {
    if holds {
        Ok(())
    } else {
        Err(ConfigError::new(field, found, expected))
    }
}

/// A key's hash: nobody can aim at a slot, or tell a client from what is stored, without the seed.
fn hash(values: &[Option<Value<'_>>], (k0, k1): (u64, u64)) -> Hash128 {
    let mut hasher = SipHasher13::new_with_keys(k0, k1);
    for value in values {
        match value {
            Some(value) => value.hash_into(&mut hasher),
            None => hasher.write(&[0]),
        }
    }
    hasher.finish128()
}

/// A policy that means the same keeps its counts when the configuration around it changes; one that does not, starts anew.
fn prefix(namespace: &str, name: &str, key: &[Part], numbers: (u32, Duration, u64)) -> String {
    let mut hasher = SipHasher13::new();
    (FORMAT, namespace, name, key, numbers).hash(&mut hasher);
    let mut prefix = String::from("rate-limit/");
    push_hex(&mut prefix, hasher.finish128().h1, 16);
    prefix.push('/');
    prefix
}

/// The layout of what is stored: another number is another key.
const FORMAT: u8 = 1;

/// A value for the service: a long one by its digest, so that no client fills the service's memory.
fn bounded(text: String) -> String {
    if text.len() <= MAX_VALUE {
        return text;
    }
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    let Hash128 { h1, h2 } = hasher.finish128();
    let mut digest = String::from("digest:");
    push_hex(&mut digest, h1, 16);
    push_hex(&mut digest, h2, 16);
    digest
}

/// Appends a number in hexadecimal, of at least so many digits.
fn push_hex(text: &mut String, number: u64, digits: u32) {
    let length = (16 - number.leading_zeros() / 4).max(digits);
    for place in (0..length).rev() {
        let digit = (number >> (4 * place)) & 0xf;
        text.push(char::from_digit(digit as u32, 16).unwrap_or('0'));
    }
}

const MILLISECOND: Duration = Duration::from_millis(1);
const TEN_YEARS: Duration = Duration::from_secs(3650 * 86_400);
const DEFAULT_SLOTS: u32 = 65_536;
const MAX_SLOTS: u32 = 1 << 24;
const MAX_PARTS: usize = 16;
/// Bytes.
const MAX_VALUE: usize = 256;
