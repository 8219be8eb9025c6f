use crate::{json, token::verified::Verified};
use http_filter::OneOrMany;
use serde_json::Value;
use std::collections::BTreeSet;

/// Tokens that are refused although they verify: by their id, their subject, or the id of the key that signed them.
#[derive(Debug, Default)]
pub(crate) struct DenyList {
    jti: BTreeSet<String>,
    sub: BTreeSet<String>,
    kid: BTreeSet<String>,
}

impl DenyList {
    pub(crate) fn new(jti: OneOrMany<String>, sub: OneOrMany<String>, kid: OneOrMany<String>) -> Self {
        Self {
            jti: set(jti.into_iter()),
            sub: set(sub.into_iter()),
            kid: set(kid.into_iter()),
        }
    }

    /// Parses a list: an object with `jti`, `sub`, `kid`, lists of texts or numbers, each of them optional; `None` for
    /// anything else. A list with one odd member is no list: half of it must not pass for all.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        // A byte order mark may be ignored (RFC 8259 §8.1).
        let members = json::parse_object(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))?;
        let texts = |name: &str| match members.get(name) {
            None => Some(BTreeSet::new()),
            Some(Value::Array(items)) => {
                let texts: Option<Vec<String>> = items.iter().map(name_of).collect();
                Some(set(texts?.into_iter()))
            }
            Some(_) => None,
        };
        let known = members
            .keys()
            .all(|name| matches!(name.as_str(), "jti" | "sub" | "kid"));
        known.then_some(())?;
        Some(Self {
            jti: texts("jti")?,
            sub: texts("sub")?,
            kid: texts("kid")?,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.jti.is_empty() && self.sub.is_empty() && self.kid.is_empty()
    }

    pub(crate) fn has(&self, token: &Verified) -> bool {
        let lists = |list: &BTreeSet<String>, claim: &str| {
            let name = || token.claims.get(claim).and_then(name_of);
            !list.is_empty() && name().is_some_and(|name| list.contains(&name))
        };
        lists(&self.jti, "jti")
            || lists(&self.sub, "sub")
            || token.kid.as_deref().is_some_and(|kid| self.kid.contains(kid))
    }
}

/// The text of an id: a number that is known exactly is the same as its text, as in headers.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if json::is_exact(value) => Some(number.to_string()),
        _ => None,
    }
}

/// One by one: collecting would bring a sorting algorithm of its own.
fn set(names: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut set = BTreeSet::new();
    names.for_each(|name| {
        set.insert(name);
    });
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_as_their_texts() {
        for (name, list, claims, expected) in [
            (
                "text and number",
                r#"{"jti":["1234567"]}"#,
                json!({"jti": 1_234_567}),
                true,
            ),
            (
                "number and text",
                r#"{"jti":[1234567]}"#,
                json!({"jti": "1234567"}),
                true,
            ),
            ("number and number", r#"{"sub":[-7]}"#, json!({"sub": -7}), true),
            (
                "another number",
                r#"{"jti":["1234567"]}"#,
                json!({"jti": 1_234_568}),
                false,
            ),
            (
                "another form",
                r#"{"jti":["01234567"]}"#,
                json!({"jti": 1_234_567}),
                false,
            ),
            ("no id", r#"{"jti":["null"]}"#, json!({"jti": null}), false),
        ] {
            let token = Verified {
                claims: claims.as_object().unwrap().clone(),
                ..Verified::default()
            };
            assert_eq!(
                DenyList::parse(list.as_bytes()).unwrap().has(&token),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn lists_are_whole_or_none() {
        for (name, text, accepted) in [
            ("all", r#"{"jti":["a"],"sub":["b"],"kid":["c"]}"#, true),
            ("some", r#"{"jti":[]}"#, true),
            ("none", "{}", true),
            ("a number in it", r#"{"jti":["a",1]}"#, true),
            ("a number that isn't known exactly", r#"{"jti":[1e300]}"#, false),
            ("another value in it", r#"{"jti":["a",null]}"#, false),
            ("no list", r#"{"jti":"a"}"#, false),
            ("misspelt", r#"{"jtis":["a"]}"#, false),
            ("no object", r#"["a"]"#, false),
            ("a page", "<html>", false),
        ] {
            assert_eq!(DenyList::parse(text.as_bytes()).is_some(), accepted, "{name}");
        }
    }
}
