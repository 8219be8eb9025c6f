/// The candidate nearest to `wrong`, if one is near: a slip or two, not another word.
pub fn nearest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_ascii_lowercase().replace('-', "_");
    let allowed = (wrong.len() / 3).clamp(1, 3);
    candidates
        .filter(|candidate| !candidate.is_empty() && *candidate != wrong)
        .map(|candidate| {
            let plain = candidate.to_ascii_lowercase().replace('-', "_");
            (strsim::damerau_levenshtein(&lower, &plain), candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let names = ["requests", "burst", "per", "key", "max_age"];
        for (wrong, expected) in [
            ("reqests", Some("requests")),
            ("request", Some("requests")),
            ("maxAge", Some("max_age")),
            ("max-age", Some("max_age")),
            ("brust", Some("burst")),
            ("window", None),
            ("pre", Some("per")),
        ] {
            assert_eq!(nearest(wrong, names.into_iter()), expected, "{wrong}");
        }
    }
}
