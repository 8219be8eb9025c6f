pub(crate) mod compile;
pub(crate) mod exempt;
pub(crate) mod hash;

pub(crate) use crate::document::policy::PolicyDocument;
use crate::{
    config::{
        cost::Cost,
        policy::{
            exempt::Exempt,
            hash::{digest, of_key},
        },
        table::Table,
    },
    document::words::{Missing, QuotaUnit},
    fields::Told,
    key::{Facts, Part, Value},
    quota::gcra::Quota,
};
use http_fields::hex;
use http_filter::{Host, Mode};
use siphasher::sip128::Hash128;
use std::{rc::Rc, time::Duration};

/// A policy, compiled.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) quota: Quota,
    pub(crate) requests: u32,
    pub(crate) per: Duration,
    pub(crate) unit: QuotaUnit,
    pub(crate) cost: Cost,
    /// Whether the service counts.
    pub(crate) is_global: bool,
    /// The value of the descriptor's entry `generic_key`; empty for none.
    pub(crate) generic_key: String,
    pub(crate) counters: PolicyCounters,
    /// What clients are told of it.
    pub(crate) told: Told,
    key: Vec<Part>,
    missing: Missing,
    exempt: Exempt,
    mode: Mode,
    percent: u32,
    pub(crate) table: Rc<Table>,
    sets: u64,
}

/// The names of a policy's counters.
#[derive(Debug)]
pub(crate) struct PolicyCounters {
    pub(crate) admitted: String,
    pub(crate) refused: String,
    pub(crate) shadowed: String,
    pub(crate) overflow: String,
    pub(crate) exempt: String,
    pub(crate) missing: String,
}

impl PolicyCounters {
    pub(crate) fn all(&self) -> [&str; 6] {
        [
            &self.admitted,
            &self.refused,
            &self.shadowed,
            &self.overflow,
            &self.exempt,
            &self.missing,
        ]
    }
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
    /// What the policy marks its sets with.
    pub(crate) tag: u32,
    /// Which of the set's slots is its own.
    pub(crate) fingerprint: u32,
    /// Whether the policy is enforced for it.
    pub(crate) enforced: bool,
    /// The entries of its descriptor; empty for a local policy.
    pub(crate) entries: Vec<(String, String)>,
}

impl Policy {
    /// Whom a request is counted for, under the process's secret `seed`.
    pub(crate) fn subject(&self, facts: &Facts<'_>, seed: (u64, u64)) -> Subject {
        if self.exempt.has_client(facts) {
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
        if self.exempt.has_key(&values) {
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
        let Hash128 { h1, h2 } = of_key(&values, seed);
        Subject::Key(Key {
            set: self.set((h1 >> 32) % self.sets, facts.host),
            tag: self.table.tag,
            fingerprint: h1 as u32,
            enforced: self.is_enforced(h2, facts),
            entries: if self.is_global {
                self.entries(&values)
            } else {
                Vec::new()
            },
        })
    }

    /// What a request is counted by, in words. Values that may be secrets are told by their length.
    pub(crate) fn key_in_words(&self, facts: &Facts<'_>) -> String {
        let words = self.key.iter().map(|part| match part.value(facts) {
            Ok(Some(value)) if part.is_public() => format!("{} {}", part.entry(), value.to_text()),
            Ok(Some(value)) => format!("{} of {} bytes", part.entry(), value.to_text().len()),
            Ok(None) => format!("{} (missing)", part.entry()),
            Err(_) => format!("{} (several values)", part.entry()),
        });
        let words: Vec<_> = words.collect();
        if words.is_empty() {
            "all requests together".to_owned()
        } else {
            words.join(", ")
        }
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

    fn set(&self, index: u64, host: &dyn Host) -> String {
        let prefix = self.table.prefix(host);
        let mut key = String::with_capacity(prefix.len() + 8);
        key.push_str(&prefix);
        key.extend(hex::number(index, 1).map(char::from));
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

impl PolicyCounters {
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

/// A value for the service: a long one by its digest, so that no client fills the service's memory.
fn bounded(text: String) -> String {
    if text.len() <= MAX_VALUE {
        text
    } else {
        ["digest:", &digest(&[&text])].concat()
    }
}

/// Bytes.
const MAX_VALUE: usize = 256;
