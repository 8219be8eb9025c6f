use crate::{Algorithm, Refusal, json, jws::Compact, key::Key};
use http_filter::Host;
use serde_json::Value;

/// The keys of a provider, prepared.
#[derive(Default)]
pub struct KeySet {
    keys: Vec<Key>,
    /// How many members of the set are no keys to verify with; they are left out.
    pub skipped: u64,
}

impl KeySet {
    /// Prepares a JSON Web Key Set (RFC 7517 §5). A key that can't be used is left out, and never spoils the others;
    /// `None` where there's no set at all or no key that can be used.
    pub fn parse(text: &[u8]) -> Option<Self> {
        Self::from_keys(json::parse_object(text)?.get("keys")?.as_array()?)
    }

    /// The same of the keys themselves.
    pub fn from_keys(keys: &[Value]) -> Option<Self> {
        let beyond = keys.len().saturating_sub(MAX_KEYS);
        let mut parsed = Self {
            skipped: u64::try_from(beyond).unwrap_or(u64::MAX),
            ..Self::default()
        };
        for member in keys.iter().take(MAX_KEYS) {
            match member.as_object().map(Key::from_jwk) {
                Some(Ok(key)) => parsed.keys.push(key),
                Some(Err(problem)) => {
                    parsed.skipped += 1;
                    log::debug!("a key of a set is left out: {problem}");
                }
                None => parsed.skipped += 1,
            }
        }
        (!parsed.keys.is_empty()).then_some(parsed)
    }

    pub(crate) fn push(&mut self, keys: Vec<Key>) {
        self.keys.extend(keys);
    }

    /// Whether some key could verify tokens of one of these algorithms.
    pub(crate) fn serves(&self, algorithms: &[Algorithm]) -> bool {
        self.keys
            .iter()
            .any(|key| algorithms.iter().any(|algorithm| key.is_for(*algorithm)))
    }

    /// Verifies a token's signature by the keys that its header points at: those with its key id, or, where none has
    /// it, those without any; for a token without key id, all of its algorithm.
    ///
    /// # Errors
    /// [`Refusal::KeyUnknown`] where no key may verify it, [`Refusal::Signature`] where none did.
    pub fn verify(&self, token: &Compact<'_>, host: &dyn Host) -> Result<(), Refusal> {
        let kid = token.header.kid.as_deref();
        let named = kid.is_some() && self.keys.iter().any(|key| key.id.as_deref() == kid);
        let mut candidates = self
            .keys
            .iter()
            .filter(|key| match kid {
                Some(_) if named => key.id.as_deref() == kid,
                Some(_) => key.id.is_none(),
                None => true,
            })
            .filter(|key| key.is_for(token.header.algorithm))
            .take(MAX_CANDIDATES)
            .peekable();
        if candidates.peek().is_none() {
            return Err(Refusal::KeyUnknown);
        }
        let verified = |key: &Key| {
            key.verify(
                token.header.algorithm,
                token.signing_input,
                &token.signature,
                host,
            )
        };
        if candidates.any(verified) {
            Ok(())
        } else {
            Err(Refusal::Signature)
        }
    }
}

/// The largest number of keys that are taken from a set.
const MAX_KEYS: usize = 100;
/// How many keys are tried for one token: each costs a verification, and a token without key id costs its sender
/// nothing.
const MAX_CANDIDATES: usize = 8;
