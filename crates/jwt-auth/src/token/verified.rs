use http_filter::{Bytes, FieldName};
use serde_json::{Map, Value};
use std::{rc::Rc, time::Duration};

/// What is known of a token whose signature verified: everything but the times, which pass.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    pub(crate) claims: Map<String, Value>,
    /// The claims as they were signed.
    pub(crate) payload: Bytes,
    /// Whether it's for one of the provider's audiences.
    pub(crate) is_for_us: bool,
    pub(crate) kid: Option<Rc<str>>,
    pub(crate) times: Times,
    /// The header lines that the token puts into the request.
    pub(crate) headers: Vec<(FieldName, Bytes)>,
    /// How many more it would have put, had they been safe.
    pub(crate) withheld: u64,
    /// The version of the keys that verified it.
    pub(crate) keys_version: u64,
}

/// The times in a token, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) expires: Option<i64>,
    pub(crate) not_before: Option<i64>,
    pub(crate) issued: Option<i64>,
}

impl Times {
    /// Reads `exp`, `nbf`, `iat` (RFC 7519 §4.1); `None` where one isn't a number.
    pub(crate) fn of(claims: &Map<String, Value>) -> Option<Self> {
        let time = |name: &str| match claims.get(name) {
            None => Some(None),
            Some(value) => numeric_date(value).map(Some),
        };
        Some(Self {
            expires: time("exp")?,
            not_before: time("nbf")?,
            issued: time("iat")?,
        })
    }
}

/// A NumericDate (RFC 7519 §2) in milliseconds; fractions are allowed.
fn numeric_date(value: &Value) -> Option<i64> {
    match value.as_i64() {
        Some(seconds) => Some(seconds.saturating_mul(1000)),
        // As a cast, it saturates: a date beyond all reckoning is just far away.
        None => value.as_f64().map(|seconds| (seconds * 1000.0) as i64),
    }
}

/// Milliseconds since the Unix epoch.
pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl Verified {
    /// Forgets all claims but `names`: thousands of tokens are remembered.
    pub(crate) fn forget_claims_but(&mut self, names: &[&str]) {
        let mut kept = Map::new();
        for name in names {
            if let Some(claim) = self.claims.remove(*name) {
                kept.insert((*name).to_owned(), claim);
            }
        }
        self.claims = kept;
    }

    /// Whether the token grants `scope`, in `scope` (RFC 8693 §4.2) or `scp`, as words or as a list.
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        ["scope", "scp"].iter().any(|name| match self.claims.get(*name) {
            Some(Value::String(words)) => words.split(' ').any(|word| word == scope),
            Some(Value::Array(members)) => members.iter().any(|member| member == scope),
            _ => false,
        })
    }

    /// The confirmation `name` that the token is bound by (RFC 7800 §3.1).
    pub(crate) fn confirmation(&self, name: &str) -> Option<&Value> {
        self.claims.get("cnf")?.get(name)
    }
}

/// Whether `aud` names one of `audiences` (RFC 7519 §4.1.3).
pub(crate) fn is_for(claims: &Map<String, Value>, audiences: &[String]) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audiences.contains(audience),
        // A list with anything but strings in it is no list of audiences.
        Some(Value::Array(members)) => {
            members.iter().all(Value::is_string)
                && audiences
                    .iter()
                    .any(|audience| members.iter().any(|m| m == audience))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verified(claims: Value) -> Verified {
        Verified {
            claims: claims.as_object().unwrap().clone(),
            ..Verified::default()
        }
    }

    #[test]
    fn audiences() {
        let audiences = ["a".to_owned(), "b".to_owned()];
        for (name, claims, expected) in [
            ("string", json!({"aud": "a"}), true),
            ("list", json!({"aud": ["x", "b"]}), true),
            ("other", json!({"aud": "x"}), false),
            ("none", json!({}), false),
            ("null", json!({"aud": null}), false),
            ("number", json!({"aud": 1}), false),
            ("object", json!({"aud": {}}), false),
            ("mixed list", json!({"aud": ["a", 1]}), false),
            ("empty list", json!({"aud": []}), false),
            ("a trailing slash is another", json!({"aud": "a/"}), false),
        ] {
            assert_eq!(
                is_for(claims.as_object().unwrap(), &audiences),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn scopes() {
        for (name, claims, expected) in [
            ("words", json!({"scope": "a orders.write"}), true),
            ("list", json!({"scp": ["orders.write"]}), true),
            ("list as scope", json!({"scope": ["orders.write"]}), true),
            ("part of a word", json!({"scope": "orders.write.all"}), false),
            ("neither", json!({"scope": 1}), false),
        ] {
            assert_eq!(verified(claims).has_scope("orders.write"), expected, "{name}");
        }
    }

    #[test]
    fn dates() {
        for (name, value, expected) in [
            ("integer", json!(1), Some(1000)),
            ("fraction", json!(1.5), Some(1500)),
            ("negative", json!(-1), Some(-1000)),
            ("huge", json!(1e300), Some(i64::MAX)),
            ("large integer", json!(i64::MAX), Some(i64::MAX)),
            ("text", json!("1"), None),
            ("null", json!(null), None),
        ] {
            assert_eq!(numeric_date(&value), expected, "{name}");
        }
    }
}
