use crate::{
    counter::Counter,
    response::exchange::{Exchange, Rules},
};
use http_filter::{HeaderMutation, Headers};

/// Adds the rules' surrogate keys to the fields that carry them, beside the origin's own.
pub(crate) fn add(exchange: &Exchange<'_>, rules: &Rules<'_>, mut edits: HeaderMutation) -> HeaderMutation {
    let response = exchange.origin.response;
    let mut tags: Vec<Vec<u8>> = Vec::new();
    for (rule, candidate) in rules {
        for (template, values) in rule.tags.iter().zip(&candidate.tag_values) {
            match template.expand(values, response) {
                Some(tag) if tags.contains(&tag) => {}
                Some(tag) => tags.push(tag),
                None => Counter::TagMissing.count(exchange.host),
            }
        }
    }
    if tags.is_empty() {
        return edits;
    }
    for field in &exchange.config.tag_fields {
        let (line, whole) = merged(response, field, &tags);
        if !whole {
            Counter::TagsDropped.count(exchange.host);
        }
        edits = edits.set(field, line);
    }
    edits
}

/// The field's own tags and these, each once; and whether all found room.
fn merged(response: &Headers, field: &str, tags: &[Vec<u8>]) -> (Vec<u8>, bool) {
    // Surrogate-Key and xkey separate by spaces, Cache-Tag and its kin by commas.
    let separator = if matches!(field, "surrogate-key" | "xkey") {
        b' '
    } else {
        b','
    };
    let own = response
        .all(field)
        .flat_map(|line| line.split(|byte| *byte == separator))
        .map(<[u8]>::trim_ascii)
        .filter(|tag| !tag.is_empty());
    let (mut line, mut known, mut whole) = (Vec::new(), Vec::new(), true);
    for tag in own.chain(tags.iter().map(Vec::as_slice)) {
        if known.contains(&tag) {
            continue;
        }
        if line.len() + tag.len() >= MAX_FIELD {
            whole = false;
            break;
        }
        if !line.is_empty() {
            line.push(separator);
        }
        line.extend_from_slice(tag);
        known.push(tag);
    }
    (line, whole)
}

/// The longest field that CDNs take, in bytes.
const MAX_FIELD: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_merge() {
        let response: Headers = [
            ("surrogate-key", "a  b"),
            ("surrogate-key", "c"),
            ("cache-tag", "a, b"),
        ]
        .into_iter()
        .collect();
        let tags = [b"b".to_vec(), b"d".to_vec()];
        for (field, expected) in [
            ("surrogate-key", "a b c d"),
            ("cache-tag", "a,b,d"),
            ("xkey", "b d"),
        ] {
            let (line, whole) = merged(&response, field, &tags);
            assert_eq!((line.as_slice(), whole), (expected.as_bytes(), true), "{field}");
        }
        let long: Vec<Vec<u8>> = (0..100)
            .map(|n: u32| vec![b'a' + (n % 26) as u8; 200 + n as usize])
            .collect();
        let (line, whole) = merged(&response, "xkey", &long);
        assert!(line.len() <= MAX_FIELD && !whole);
    }
}
