/// The one of `words` that `found` is a slip of, if there is one: at most a third of its letters differ.
pub fn nearest<'a>(found: &str, words: &[&'a str]) -> Option<&'a str> {
    if found.len() > MAX_LENGTH {
        return None;
    }
    let ranked = words
        .iter()
        .map(|word| (slips(found.as_bytes(), word.as_bytes()), *word));
    let (distance, word) = ranked.min_by_key(|(distance, _)| *distance)?;
    (distance <= found.len().max(word.len()) / 3).then_some(word)
}

/// The distance of two texts, where two letters that changed places are one slip.
fn slips(from: &[u8], to: &[u8]) -> usize {
    let mut differing = from.iter().zip(to).filter(|(a, b)| a != b);
    let pairs = [differing.next(), differing.next(), differing.next()];
    match pairs {
        [Some((a, b)), Some((c, d)), None] if from.len() == to.len() && (a, b) == (d, c) => 1,
        _ => distance(from, to),
    }
}

/// How many letters to add, drop or change until one text is the other (Levenshtein).
fn distance(from: &[u8], to: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (changed, letter) in from.iter().enumerate() {
        let (mut left, mut diagonal) = (changed + 1, changed);
        // The row's first place is `left`, the others follow the letters of `to`.
        let mut places = row.iter_mut();
        if let Some(first) = places.next() {
            *first = left;
        }
        for (place, other) in places.zip(to) {
            let change = diagonal + usize::from(letter != other);
            diagonal = *place;
            left = change.min(diagonal + 1).min(left + 1);
            *place = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Longer than any name there is.
const MAX_LENGTH: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let words = ["requests", "per", "burst", "trusted_hops"];
        for (found, expected) in [
            ("request", Some("requests")),
            ("bursts", Some("burst")),
            ("burts", Some("burst")),
            ("pre", Some("per")),
            ("par", Some("per")),
            ("trustedHops", Some("trusted_hops")),
            ("rate", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, &words), expected, "{found}");
        }
        assert_eq!(nearest(&"x".repeat(41), &words), None);
    }

    #[test]
    fn distances() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(from.as_bytes(), to.as_bytes()), expected, "{from} {to}");
            assert_eq!(distance(to.as_bytes(), from.as_bytes()), expected, "{to} {from}");
        }
    }
}
