use serde_json::{Map, Value};

/// Where a claim is: `sub`, `realm.roles`, `https://example.com/roles`, or a list of member names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClaimPath {
    /// As written in one piece: a member of this very name, else of an object along the dots.
    Dotted(String),
    /// One member name per step, dots and all.
    Listed(Vec<String>),
}

impl ClaimPath {
    /// A path of one text, or of several steps.
    pub(crate) fn new(mut steps: Vec<String>) -> Self {
        match steps.pop() {
            Some(only) if steps.is_empty() => Self::Dotted(only),
            Some(last) => {
                steps.push(last);
                Self::Listed(steps)
            }
            None => Self::Listed(steps),
        }
    }

    /// The claim at this path.
    pub(crate) fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
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
        ] {
            let path = ClaimPath::new(path.into_iter().map(str::to_owned).collect());
            assert_eq!(path.find(claims), expected.as_ref(), "{name}");
        }
    }
}
