//! The query of a request target, as `application/x-www-form-urlencoded` pairs.

use crate::percent;
use std::borrow::Cow;

/// The percent-decoded values of the parameter `name`, in order.
pub fn values<'a>(query: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = Cow<'a, [u8]>> {
    pairs(query)
        .filter(move |(key, _)| *decode(key) == *name)
        .map(|(_, value)| decode(value))
}

/// The pairs of a query as they came, neither decoded nor sorted; a pair without `=` has an empty value.
pub fn pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        })
}

/// The request target without the parameters named `name`, every other byte as it came.
pub fn without(target: &[u8], name: &[u8]) -> Vec<u8> {
    let Some(question) = target.iter().position(|byte| *byte == b'?') else {
        return target.to_vec();
    };
    let (path, query) = target.split_at_checked(question).unwrap_or((target, &[]));
    let query = query.get(1..).unwrap_or_default();
    let is_other =
        |pair: &&[u8]| *decode(pair.split(|byte| *byte == b'=').next().unwrap_or_default()) != *name;
    let kept: Vec<&[u8]> = query.split(|byte| *byte == b'&').filter(is_other).collect();
    let mut rest = path.to_vec();
    if !kept.is_empty() {
        rest.push(b'?');
        rest.extend(kept.join(&b'&'));
    }
    rest
}

/// Decodes percent escapes and `+`; an escape that is none stays as it is.
pub fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = percent::first(rest) {
        decoded.push(if rest.starts_with(b"+") { b' ' } else { byte });
        rest = after;
    }
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let query = b"a=1&b=x%2By+z&%61=2&c&a=%zz";
        let all = |name: &str| -> Vec<String> {
            values(query, name.as_bytes())
                .map(|value| String::from_utf8(value.into_owned()).unwrap())
                .collect()
        };
        assert_eq!(all("a"), ["1", "2", "%zz"]);
        assert_eq!(all("b"), ["x+y z"]);
        assert_eq!(all("c"), [""]);
        assert!(all("d").is_empty());
    }

    #[test]
    fn removal_leaves_the_rest_as_it_came() {
        for (name, target, expected) in [
            ("only", "/p?t=1", "/p"),
            ("first", "/p?t=1&a=%20&&b", "/p?a=%20&&b"),
            ("last", "/p?a=1&t", "/p?a=1"),
            ("encoded name", "/p?%74=1&a", "/p?a"),
            ("no query", "/p", "/p"),
            ("none", "/p?a=t", "/p?a=t"),
        ] {
            assert_eq!(without(target.as_bytes(), b"t"), expected.as_bytes(), "{name}");
        }
    }
}
