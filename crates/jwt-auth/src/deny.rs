use crate::{json, token::Verified};
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

    /// Parses a list: an object with `jti`, `sub`, `kid`, lists of strings, each of them optional; `None` for anything
    /// else. A list with one odd member is no list: half of it must not pass for all.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let members = json::parse_object(text)?;
        let texts = |name: &str| match members.get(name) {
            None => Some(BTreeSet::new()),
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
                Some(set(items.iter().filter_map(Value::as_str).map(str::to_owned)))
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
        let lists = |list: &BTreeSet<String>, name: fn(&Verified) -> Option<&str>| {
            !list.is_empty() && name(token).is_some_and(|name| list.contains(name))
        };
        lists(&self.jti, |token| token.text("jti"))
            || lists(&self.sub, |token| token.text("sub"))
            || lists(&self.kid, |token| token.kid.as_deref())
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

    #[test]
    fn lists_are_whole_or_none() {
        for (name, text, accepted) in [
            ("all", r#"{"jti":["a"],"sub":["b"],"kid":["c"]}"#, true),
            ("some", r#"{"jti":[]}"#, true),
            ("none", "{}", true),
            ("a number in it", r#"{"jti":["a",1]}"#, false),
            ("no list", r#"{"jti":"a"}"#, false),
            ("misspelt", r#"{"jtis":["a"]}"#, false),
            ("no object", r#"["a"]"#, false),
            ("a page", "<html>", false),
        ] {
            assert_eq!(DenyList::parse(text.as_bytes()).is_some(), accepted, "{name}");
        }
    }
}
