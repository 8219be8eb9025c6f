use http_fields::{QValue, list};

/// The language of `offered` with the highest weight in an Accept-Language field (RFC 9110 §12.5.4), the first on ties.
pub(crate) fn best_language<'a>(offered: &'a [String], accepted: &[u8]) -> Option<&'a String> {
    let weight = |tag: &str| -> QValue {
        let mut best = (0, QValue::ZERO);
        for member in list::members(accepted).take(MAX_LANGUAGES) {
            let (range, mut parameters) = list::parameters(member);
            let weight = match parameters.find(|(name, _)| name.eq_ignore_ascii_case(b"q")) {
                None => Some(QValue::ONE),
                Some((_, value)) => QValue::parse(value),
            };
            if let (Some(length), Some(weight)) = (fits(range, tag.as_bytes()), weight)
                && length >= best.0
            {
                best = (length, weight);
            }
        }
        best.1
    };
    let mut best: Option<(&String, QValue)> = None;
    for tag in offered {
        let weight = weight(tag);
        if weight > best.map_or(QValue::ZERO, |(_, weight)| weight) {
            best = Some((tag, weight));
        }
    }
    best.map(|(tag, _)| tag)
}

/// A client decides how many languages it names.
const MAX_LANGUAGES: usize = 32;

/// How well a range fits a tag, where it does: `*` a little, a shared front (RFC 4647 §3.4) by its length.
fn fits(range: &[u8], tag: &[u8]) -> Option<usize> {
    if range == b"*" {
        return Some(1);
    }
    let (short, long) = if range.len() > tag.len() {
        (tag, range)
    } else {
        (range, tag)
    };
    let same = long.get(..short.len())?.eq_ignore_ascii_case(short);
    let at_boundary = matches!(long.get(short.len()), None | Some(b'-'));
    (same && at_boundary && !short.is_empty()).then_some(short.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        let offered: Vec<String> = ["en", "de-AT", "fr"].iter().map(ToString::to_string).collect();
        for (accepted, expected) in [
            ("de", Some("de-AT")),
            ("de-AT-1996, en;q=0.9", Some("de-AT")),
            ("fr;q=0.5, en;q=0.4", Some("fr")),
            ("FR", Some("fr")),
            ("*, en;q=0", Some("de-AT")),
            ("*", Some("en")),
            ("es", None),
            ("e", None),
            ("fr;q=x", None),
            ("fr;q=0", None),
            ("", None),
        ] {
            let best = best_language(&offered, accepted.as_bytes());
            assert_eq!(best.map(String::as_str), expected, "{accepted:?}");
        }
    }
}
