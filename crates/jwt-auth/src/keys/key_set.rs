use crate::{
    Algorithm, Refusal,
    keys::{key::Key, key_problem::KeyProblem, pem},
    token::jws::Compact,
};
use http_filter::Host;
use serde_json::{Map, Value};

/// The keys of a provider, prepared.
#[derive(Default)]
pub struct KeySet {
    keys: Vec<Key>,
    /// The members of the set that are no keys to verify with: which, and why.
    left_out: Vec<String>,
    /// How many members beyond those were not looked at.
    beyond: u64,
}

impl KeySet {
    /// Prepares the members of a JSON Web Key Set (RFC 7517 §5). A key that can't be used is left out, and never spoils the
    /// others.
    pub fn from_keys(keys: &[Value]) -> Self {
        let mut set = Self::default();
        for (number, key) in keys.iter().enumerate() {
            set.add(number, key.as_object());
        }
        set
    }

    /// Adds the member of this number, if it's a key that can verify signatures.
    pub(crate) fn add(&mut self, number: usize, member: Option<&Map<String, Value>>) {
        let key = || member.ok_or(KeyProblem::NotAnObject).and_then(Key::from_jwk);
        let id = || member.and_then(|member| member.get("kid")?.as_str());
        self.keep(number, id(), |keys| key().map(|key| keys.push(key)));
    }

    /// Adds the keys of a PEM text under this id (a certificate, say), if they can verify signatures.
    pub(crate) fn add_pem(&mut self, number: usize, id: &str, text: &str) {
        self.keep(number, Some(id), |keys| {
            let mut named = pem::keys(text)?;
            named.iter_mut().for_each(|key| key.id = Some(id.to_owned()));
            keys.extend(named);
            Ok(())
        });
    }

    fn keep(
        &mut self,
        number: usize,
        id: Option<&str>,
        add: impl FnOnce(&mut Vec<Key>) -> Result<(), KeyProblem>,
    ) {
        if number >= MAX_KEYS {
            self.beyond += 1;
        } else if let Err(problem) = add(&mut self.keys) {
            let id = id.map_or_else(String::new, |id| [", kid ", &printable(id)].concat());
            let place = ["key ", &number.to_string(), &id, ": "].concat();
            self.left_out
                .push([&place, problem.to_string().as_str()].concat());
        }
    }

    /// Whether no key can verify signatures.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many members of the set are left out.
    pub fn skipped(&self) -> u64 {
        self.beyond + self.left_out.len() as u64
    }

    /// Which members of the set are left out, and why.
    pub(crate) fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Says in the log which members of the set that `title` names are left out, and why: a line for each.
    pub(crate) fn tell_left_out(&self, title: &str) {
        for key in &self.left_out {
            log::warn!("jwt-auth: {title}: left out: {key}");
        }
        if self.beyond > 0 {
            log::warn!(
                "jwt-auth: {title}: left out: {} keys beyond {MAX_KEYS}",
                self.beyond
            );
        }
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

/// An id as logs have it: the beginning of it, without control characters.
fn printable(id: &str) -> String {
    let shown = id.chars().take(64).filter(|letter| !letter.is_control());
    std::iter::once('"')
        .chain(shown)
        .chain(std::iter::once('"'))
        .collect()
}

/// The largest number of keys that are taken from a set.
const MAX_KEYS: usize = 100;
/// How many keys are tried for one token: each costs a verification, and a token without key id costs its sender
/// nothing.
const MAX_CANDIDATES: usize = 8;
