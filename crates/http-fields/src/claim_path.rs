use serde_json::{Map, Value};
use std::borrow::Cow;

/// Where a claim lies in a token or the like: `sub`, `realm.roles`, `https://example.com/roles`, or a list of member names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimPath {
    /// As written in one piece: a member of this very name, else of an object along the dots.
    Dotted(String),
    /// One member name per step, dots and all.
    Listed(Vec<String>),
}

impl ClaimPath {
    /// A path of one text, or of several steps.
    pub fn new(mut steps: Vec<String>) -> Self {
        match steps.pop() {
            Some(only) if steps.is_empty() => Self::Dotted(only),
            Some(last) => {
                steps.push(last);
                Self::Listed(steps)
            }
            None => Self::Listed(steps),
        }
    }

    /// The path as one text.
    pub fn dotted(&self) -> Cow<'_, str> {
        match self {
            Self::Dotted(path) => Cow::Borrowed(path),
            Self::Listed(steps) => Cow::Owned(steps.join(".")),
        }
    }

    /// The member names, where only a path of single names can be told: dots separate those of one text.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (dotted, listed) = match self {
            Self::Dotted(path) => (Some(path.split('.')), &[][..]),
            Self::Listed(steps) => (None, steps.as_slice()),
        };
        dotted
            .into_iter()
            .flatten()
            .chain(listed.iter().map(String::as_str))
    }

    /// Whether a name in it is empty, so that it leads nowhere.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Dotted(path) => path.is_empty(),
            Self::Listed(steps) => steps.is_empty() || steps.iter().any(String::is_empty),
        }
    }

    /// The claim at this path.
    pub fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        match self {
            Self::Dotted(path) => dotted(claims, path),
            Self::Listed(steps) => {
                let (first, rest) = steps.split_first()?;
                rest.iter()
                    .try_fold(claims.get(first)?, |value, step| value.get(step.as_str()))
            }
        }
    }
}

/// A name with dots of its own is found before a path along the dots: the longest name wins, at every step.
fn dotted<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    path.rmatch_indices('.').take(MAX_DOTS).find_map(|(dot, _)| {
        let (name, rest) = path.split_at_checked(dot)?;
        dotted(object.get(name)?.as_object()?, rest.strip_prefix('.')?)
    })
}

const MAX_DOTS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths() {
        let claims = json!({
            "sub": "a",
            "realm": {"roles": ["x"], "a.b": {"c": 1}},
            "https://example.com/roles": ["y"],
            "realm.name": "dotted",
            "kubernetes.io": {"namespace": "ns"},
            "access": {"my.client": {"roles": [1]}},
        });
        let claims = claims.as_object().unwrap();
        for (name, path, expected) in [
            ("plain", vec!["sub"], Some(json!("a"))),
            ("dotted", vec!["realm.roles"], Some(json!(["x"]))),
            ("a URL", vec!["https://example.com/roles"], Some(json!(["y"]))),
            ("a name with a dot", vec!["realm.name"], Some(json!("dotted"))),
            ("dots in a step", vec!["realm.a.b.c"], Some(json!(1))),
            ("listed", vec!["realm", "a.b", "c"], Some(json!(1))),
            ("listed takes no dots apart", vec!["realm.roles", "x"], None),
            ("missing", vec!["realm.none"], None),
            ("through a string", vec!["sub.a"], None),
            (
                "a dotted name, then a member",
                vec!["kubernetes.io.namespace"],
                Some(json!("ns")),
            ),
            (
                "a member, then a dotted name",
                vec!["access.my.client.roles"],
                Some(json!([1])),
            ),
        ] {
            let path = ClaimPath::new(path.into_iter().map(str::to_owned).collect());
            assert_eq!(path.find(claims), expected.as_ref(), "{name}");
        }
    }
}
