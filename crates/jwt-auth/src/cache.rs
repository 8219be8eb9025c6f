use crate::token::Verified;
use std::{collections::BTreeMap, rc::Rc};

/// Verified tokens, by the SHA-256 of the token and the provider. Bounded: two generations of half the size, of which
/// the older one is dropped whole; what is used moves to the younger.
#[derive(Default)]
pub(crate) struct TokenCache {
    young: BTreeMap<TokenKey, Rc<Verified>>,
    old: BTreeMap<TokenKey, Rc<Verified>>,
    entries: usize,
}

/// A token's SHA-256 and the provider's number.
pub(crate) type TokenKey = ([u8; 32], usize);

impl TokenCache {
    pub(crate) fn new(entries: usize) -> Self {
        Self {
            entries,
            ..Self::default()
        }
    }

    pub(crate) fn get(&mut self, key: &TokenKey) -> Option<Rc<Verified>> {
        if let Some(known) = self.young.get(key) {
            return Some(Rc::clone(known));
        }
        let known = self.old.remove(key)?;
        self.insert(*key, Rc::clone(&known));
        Some(known)
    }

    pub(crate) fn insert(&mut self, key: TokenKey, verified: Rc<Verified>) {
        if self.entries == 0 {
            return;
        }
        if self.young.len() >= self.entries.div_ceil(2) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, verified);
    }

    pub(crate) fn remove(&mut self, key: &TokenKey) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_and_recently_used_stay() {
        let mut cache = TokenCache::new(10);
        let key = |number: u8| ([number; 32], 0);
        for number in 0..200 {
            cache.insert(key(number), Rc::default());
            assert!(cache.get(&key(0)).is_some(), "used all the time: {number}");
            assert!(cache.young.len() + cache.old.len() <= 10);
        }
        assert!(cache.get(&key(1)).is_none());
        assert!(cache.get(&([199; 32], 1)).is_none(), "another provider");
        let mut none = TokenCache::new(0);
        none.insert(key(1), Rc::default());
        assert!(none.get(&key(1)).is_none());
    }
}
