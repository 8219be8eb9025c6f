use crate::token::verified::Verified;
use std::rc::Rc;

/// Verified tokens, by the token itself and the provider. Bounded: a token has one of four places, which its last bytes
/// choose; of the four, the one that wasn't used for longest makes room.
///
/// Only what verified gets in, and the last bytes of that are a signature: nobody chooses them.
#[derive(Default)]
pub(crate) struct TokenCache {
    places: Vec<Option<Entry>>,
}

/// A token that is remembered.
struct Entry {
    provider: usize,
    ending: u64,
    token: Box<[u8]>,
    verified: Rc<Verified>,
}

impl TokenCache {
    /// A cache of so many tokens, rounded up to a multiple of four.
    pub(crate) fn new(entries: usize) -> Self {
        let mut places = Vec::new();
        places.resize_with(entries.next_multiple_of(WAYS), || None);
        Self { places }
    }

    pub(crate) fn get(&mut self, token: &[u8], provider: usize) -> Option<Rc<Verified>> {
        let ending = ending(token)?;
        let set = self.set(ending)?;
        let at = set
            .iter()
            .position(|place| holds(place, token, ending, provider))?;
        set.get_mut(..=at)?.rotate_right(1);
        set.first()?.as_ref().map(|entry| Rc::clone(&entry.verified))
    }

    /// Remembers a token, in place of what is remembered of it.
    pub(crate) fn insert(&mut self, token: &[u8], provider: usize, verified: &Rc<Verified>) {
        let Some(ending) = ending(token) else { return };
        let Some(set) = self.set(ending) else { return };
        let place = set.iter_mut().find(|place| holds(place, token, ending, provider));
        let entry = Some(Entry {
            provider,
            ending,
            token: token.into(),
            verified: Rc::clone(verified),
        });
        if let Some(place) = place {
            *place = entry;
            return;
        }
        set.rotate_right(1);
        if let Some(first) = set.first_mut() {
            *first = entry;
        }
    }

    pub(crate) fn remove(&mut self, token: &[u8], provider: usize) {
        let Some(ending) = ending(token) else { return };
        let Some(set) = self.set(ending) else { return };
        for place in set {
            if holds(place, token, ending, provider) {
                *place = None;
            }
        }
    }

    fn set(&mut self, ending: u64) -> Option<&mut [Option<Entry>]> {
        // Fibonacci hashing: the six bits of each of eight letters, spread over 32.
        let number = (ending.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        let sets = self.places.len() / WAYS;
        let first = number.checked_rem(sets)? * WAYS;
        self.places.get_mut(first..first + WAYS)
    }
}

/// Eight letters near the end of a token's signature: not the last one, which has fewer than six bits of it.
fn ending(token: &[u8]) -> Option<u64> {
    let (_, rest) = token.split_last()?;
    Some(u64::from_le_bytes(*rest.last_chunk()?))
}

/// By its ending first, since other tokens' bytes have left the caches long ago.
fn holds(place: &Option<Entry>, token: &[u8], ending: u64, provider: usize) -> bool {
    place.as_ref().is_some_and(|entry| {
        entry.ending == ending && entry.provider == provider && same(&entry.token, token)
    })
}

/// Whether two tokens are the same: compared eight bytes at a time, since a token has a thousand.
fn same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    one.len() == other.len()
        && rest == other_rest
        && words
            .iter()
            .zip(other_words)
            .all(|(one, other)| word(one) == word(other))
}

const WAYS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_and_recently_used_stay() {
        let mut cache = TokenCache::new(10);
        let token = |number: u8| format!("e30.e30.signature-{number:03}-");
        for number in 0..200 {
            cache.insert(token(number).as_bytes(), 0, &Rc::default());
            assert!(
                cache.get(token(0).as_bytes(), 0).is_some(),
                "used all the time: {number}"
            );
            assert!(
                cache.get(token(number).as_bytes(), 0).is_some(),
                "just used: {number}"
            );
        }
        assert_eq!(cache.places.len(), 12);
        assert!(cache.get(token(1).as_bytes(), 0).is_none());
        assert!(cache.get(token(199).as_bytes(), 1).is_none(), "another provider");
        cache.remove(token(0).as_bytes(), 0);
        assert!(cache.get(token(0).as_bytes(), 0).is_none());
        let mut none = TokenCache::new(0);
        none.insert(token(1).as_bytes(), 0, &Rc::default());
        assert!(none.get(token(1).as_bytes(), 0).is_none());
    }

    #[test]
    fn no_other_token_is_taken_for_the_one_remembered() {
        let mut cache = TokenCache::new(4);
        let token = b"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
        cache.insert(token, 0, &Rc::default());
        for place in 0..token.len() {
            let mut other = token.to_vec();
            other[place] ^= 1;
            assert!(cache.get(&other, 0).is_none(), "another byte {place}");
        }
        assert!(cache.get(&token[1..], 0).is_none(), "its end");
        assert!(cache.get(&[token, &b"A"[..]].concat(), 0).is_none(), "longer");
        assert!(cache.get(b"a.b.c", 0).is_none(), "too short for a place");
        assert!(cache.get(token, 0).is_some());
    }
}
