//! What responses tell of limits: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3, §4) as
//! Structured Fields (RFC 9651), and the older `X-RateLimit-*` as Envoy writes them.

use crate::document::QuotaUnit;
use std::time::Duration;

/// A policy, as the fields tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: String,
    /// The quota: how many units at once.
    pub(crate) quota: u32,
    pub(crate) unit: QuotaUnit,
    /// The time in which the quota refills.
    pub(crate) window: Duration,
}

/// What is left of a policy's quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) remaining: u32,
    /// How long until more is; `None` when nothing is used.
    pub(crate) reset: Option<Duration>,
}

/// `RateLimit-Policy`: `"burst";q=100;w=60, "daily";q=1000;w=86400`.
pub(crate) fn ratelimit_policy<'a>(policies: impl Iterator<Item = &'a Told>) -> String {
    let mut field = String::new();
    for policy in policies {
        item(&mut field, &policy.name);
        parameter(&mut field, ";q=", policy.quota.into());
        if policy.unit == QuotaUnit::ContentBytes {
            field.push_str(";qu=\"content-bytes\"");
        }
        parameter(&mut field, ";w=", seconds(policy.window).max(1));
    }
    field
}

/// `RateLimit`: `"burst";r=50;t=30`.
pub(crate) fn ratelimit<'a>(policies: impl Iterator<Item = (&'a str, Left)>) -> String {
    let mut field = String::new();
    for (name, left) in policies {
        item(&mut field, name);
        parameter(&mut field, ";r=", left.remaining.into());
        if let Some(reset) = left.reset {
            parameter(&mut field, ";t=", seconds(reset));
        }
    }
    field
}

/// `X-RateLimit-Limit`, `-Remaining`, `-Reset`: the policy that is nearest to its limit, then all of them.
pub(crate) fn x_ratelimit(policies: &[(Told, Left)]) -> Option<[(&'static str, String); 3]> {
    let (nearest, left) = policies.iter().min_by_key(|(_, left)| left.remaining)?;
    let mut limit = nearest.quota.to_string();
    for (policy, _) in policies {
        parameter(&mut limit, ", ", policy.quota.into());
        parameter(&mut limit, ";w=", seconds(policy.window).max(1));
        limit.push_str(";name=");
        string(&mut limit, &policy.name);
    }
    Some([
        ("x-ratelimit-limit", limit),
        ("x-ratelimit-remaining", left.remaining.to_string()),
        (
            "x-ratelimit-reset",
            seconds(left.reset.unwrap_or_default()).to_string(),
        ),
    ])
}

/// Whole seconds, rounded up: a client that waits them doesn't come too early.
pub(crate) fn seconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_add((duration.subsec_nanos() > 0).into())
}

fn item(field: &mut String, name: &str) {
    if !field.is_empty() {
        field.push_str(", ");
    }
    string(field, name);
}

/// A String (RFC 9651 §3.3.3). What can't stand in one becomes `?`: names from the service may hold anything.
fn string(field: &mut String, text: &str) {
    field.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => field.extend(['\\', character]),
            ' '..='~' => field.push(character),
            _ => field.push('?'),
        }
    }
    field.push('"');
}

/// A parameter with an Integer, of at most 15 digits (RFC 9651 §3.3.1).
fn parameter(field: &mut String, name: &str, value: u64) {
    field.push_str(name);
    field.push_str(&value.min(999_999_999_999_999).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(name: &str, quota: u32, window: Duration) -> Told {
        Told {
            name: name.into(),
            quota,
            unit: QuotaUnit::Requests,
            window,
        }
    }

    #[test]
    fn fields_are_as_the_draft_shows() {
        let permin = told("permin", 50, Duration::from_secs(60));
        let perhr = Told {
            unit: QuotaUnit::ContentBytes,
            ..told("perhr", 1000, Duration::from_millis(3_599_001))
        };
        assert_eq!(
            ratelimit_policy([&permin, &perhr].into_iter()),
            "\"permin\";q=50;w=60, \"perhr\";q=1000;qu=\"content-bytes\";w=3600"
        );
        let left = |remaining, reset| Left { remaining, reset };
        assert_eq!(
            ratelimit(
                [
                    ("permin", left(50, Some(Duration::from_millis(29_001)))),
                    ("perhr", left(999, None))
                ]
                .into_iter()
            ),
            "\"permin\";r=50;t=30, \"perhr\";r=999"
        );
        assert_eq!(
            x_ratelimit(&[
                (permin, left(5, None)),
                (perhr, left(2, Some(Duration::from_secs(7))))
            ])
            .unwrap(),
            [
                (
                    "x-ratelimit-limit",
                    "1000, 50;w=60;name=\"permin\", 1000;w=3600;name=\"perhr\"".to_owned()
                ),
                ("x-ratelimit-remaining", "2".to_owned()),
                ("x-ratelimit-reset", "7".to_owned()),
            ]
        );
        assert_eq!(x_ratelimit(&[]), None);
        assert_eq!(
            ratelimit_policy([&told("tick", 1, Duration::from_millis(5))].into_iter()),
            "\"tick\";q=1;w=1"
        );
    }

    proptest! {
        #[test]
        fn fields_are_structured_fields(name in ".{0,12}", quota: u32, window: u64, remaining: u32, reset: Option<u64>) {
            let policy = told(&name, quota, Duration::from_nanos(window));
            let field = ratelimit_policy([&policy, &policy].into_iter());
            let list: sfv::List = sfv::Parser::new(&field).parse().unwrap();
            prop_assert_eq!(list.len(), 2);
            let left = Left { remaining, reset: reset.map(Duration::from_secs) };
            let field = ratelimit([(name.as_str(), left)].into_iter());
            let list: sfv::List = sfv::Parser::new(&field).parse().unwrap();
            let sfv::ListEntry::Item(item) = &list[0] else { panic!("an inner list") };
            prop_assert!(matches!(item.bare_item, sfv::BareItem::String(_)));
            let r = item.params.get("r").and_then(|value| value.as_integer()).map(i64::from);
            prop_assert_eq!(r, Some(i64::from(remaining)));
        }
    }
}
