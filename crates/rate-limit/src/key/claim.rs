use serde_json::Value;
use std::borrow::Cow;

/// Where a claim lies in a token: a list of member names, or one name that may be meant as a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimPath(Vec<String>);

impl ClaimPath {
    pub(crate) fn new(path: Vec<String>) -> Self {
        Self(path)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(String::is_empty)
    }

    /// The path as one text.
    pub(crate) fn dotted(&self) -> String {
        self.0.join(".")
    }

    /// The names, one by one.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let single = self.0.len() == 1;
        self.0
            .iter()
            .flat_map(move |name| name.splitn(if single { usize::MAX } else { 1 }, '.'))
    }

    /// The claim's value as text. A name with dots is first taken as it is (`https://example.com/team` is one), then as
    /// a path. `None` for what isn't there, is null or empty.
    pub(crate) fn of<'a>(&self, claims: &'a Value) -> Option<Cow<'a, str>> {
        let whole = match self.0.as_slice() {
            [name] => claims.get(name),
            _ => None,
        };
        let value = match whole {
            Some(value) => value,
            None => self.names().try_fold(claims, |value, name| value.get(name))?,
        };
        let text = match value {
            Value::Null => return None,
            Value::String(text) => Cow::Borrowed(text.as_str()),
            other => Cow::Owned(other.to_string()),
        };
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_are_found_by_name_and_path() {
        let claims = json!({"sub": "u1", "n": 7, "ok": true, "realm": {"team": "a"}, "https://e.com/t": "x", "list": ["a", "b"], "none": null, "empty": ""});
        for (path, expected) in [
            (&["sub"][..], Some("u1")),
            (&["n"], Some("7")),
            (&["ok"], Some("true")),
            (&["realm.team"], Some("a")),
            (&["realm", "team"], Some("a")),
            (&["https://e.com/t"], Some("x")),
            (&["list"], Some("[\"a\",\"b\"]")),
            (&["none"], None),
            (&["empty"], None),
            (&["sub.x"], None),
            (&["realm.none"], None),
        ] {
            let path = ClaimPath::new(path.iter().map(ToString::to_string).collect());
            assert_eq!(path.of(&claims).as_deref(), expected, "{path:?}");
        }
        assert_eq!(ClaimPath::new(vec!["sub".into()]).of(&Value::Null), None);
    }
}
