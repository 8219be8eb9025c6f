use crate::token::Verified;
use std::rc::Rc;

/// Verified tokens, by the SHA-256 of the token and the provider. Bounded: a token has one of four places, which its
/// hash chooses; of the four, the one that wasn't used for longest makes room.
#[derive(Default)]
pub(crate) struct TokenCache {
    places: Vec<Place>,
}

/// A token that is remembered, or room for one.
type Place = Option<(TokenKey, Rc<Verified>)>;

/// A token's SHA-256 and the provider's number.
pub(crate) type TokenKey = ([u8; 32], usize);

impl TokenCache {
    /// A cache of so many tokens, rounded up to a multiple of four.
    pub(crate) fn new(entries: usize) -> Self {
        let mut places = Vec::new();
        places.resize_with(entries.next_multiple_of(WAYS), || None);
        Self { places }
    }

    pub(crate) fn get(&mut self, key: &TokenKey) -> Option<Rc<Verified>> {
        let set = self.set(key)?;
        let at = set.iter().position(|place| holds(place, key))?;
        set.get_mut(..=at)?.rotate_right(1);
        set.first()?.as_ref().map(|(_, verified)| Rc::clone(verified))
    }

    /// Remembers a token; one that is remembered already stays as it is.
    pub(crate) fn insert(&mut self, key: TokenKey, verified: &Rc<Verified>) {
        let Some(set) = self.set(&key) else { return };
        if let Some(place) = set.iter_mut().find(|place| holds(place, &key)) {
            *place = Some((key, Rc::clone(verified)));
            return;
        }
        set.rotate_right(1);
        if let Some(first) = set.first_mut() {
            *first = Some((key, Rc::clone(verified)));
        }
    }

    pub(crate) fn remove(&mut self, key: &TokenKey) {
        if let Some(place) = self
            .set(key)
            .and_then(|set| set.iter_mut().find(|place| holds(place, key)))
        {
            *place = None;
        }
    }

    fn set(&mut self, key: &TokenKey) -> Option<&mut [Place]> {
        let number = key.0.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))? as usize;
        let sets = self.places.len() / WAYS;
        let first = number.checked_rem(sets)? * WAYS;
        self.places.get_mut(first..first + WAYS)
    }
}

fn holds(place: &Place, key: &TokenKey) -> bool {
    place.as_ref().is_some_and(|(known, _)| known == key)
}

const WAYS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_and_recently_used_stay() {
        let mut cache = TokenCache::new(10);
        let key = |number: u8| ([number; 32], 0);
        for number in 0..200 {
            cache.insert(key(number), &Rc::default());
            assert!(cache.get(&key(0)).is_some(), "used all the time: {number}");
            assert!(cache.get(&key(number)).is_some(), "just used: {number}");
        }
        assert_eq!(cache.places.len(), 12);
        assert!(cache.get(&key(1)).is_none());
        assert!(cache.get(&([199; 32], 1)).is_none(), "another provider");
        cache.remove(&key(0));
        assert!(cache.get(&key(0)).is_none());
        let mut none = TokenCache::new(0);
        none.insert(key(1), &Rc::default());
        assert!(none.get(&key(1)).is_none());
    }
}
