//! What responses tell of limits: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3, §4) as
//! Structured Fields (RFC 9651), and the older `X-RateLimit-*` as Envoy writes them.

use crate::document::words::QuotaUnit;
use std::{borrow::Cow, time::Duration};

/// A policy, as the fields tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Its name, as a String.
    name: String,
    /// The quota: how many units at once.
    quota: u32,
    /// The time in which the quota refills.
    window: Duration,
    /// Its item in `RateLimit-Policy`.
    item: String,
}

impl Told {
    pub(crate) fn new(name: &str, quota: u32, unit: QuotaUnit, window: Duration) -> Self {
        let name = string(name);
        let mut item = name.clone();
        parameter(&mut item, ";q=", quota.into());
        if unit == QuotaUnit::ContentBytes {
            item.push_str(";qu=\"content-bytes\"");
        }
        parameter(&mut item, ";w=", seconds(window).max(1));
        Self {
            name,
            quota,
            window,
            item,
        }
    }
}

/// What is left of a policy's quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) remaining: u32,
    /// How long until more is; `None` when nothing is used.
    pub(crate) reset: Option<Duration>,
}

/// `RateLimit-Policy`: `"burst";q=100;w=60, "daily";q=1000;w=86400`.
pub(crate) fn ratelimit_policy(policies: &[(Cow<'_, Told>, Left)]) -> String {
    let mut field = String::with_capacity(LENGTH);
    for (policy, _) in policies {
        separate(&mut field);
        field.push_str(&policy.item);
    }
    field
}

/// `RateLimit`: `"burst";r=50;t=30`.
pub(crate) fn ratelimit(policies: &[(Cow<'_, Told>, Left)]) -> String {
    let mut field = String::with_capacity(LENGTH);
    for (policy, left) in policies {
        separate(&mut field);
        field.push_str(&policy.name);
        parameter(&mut field, ";r=", left.remaining.into());
        if let Some(reset) = left.reset {
            parameter(&mut field, ";t=", seconds(reset));
        }
    }
    field
}

/// `X-RateLimit-Limit`, `-Remaining`, `-Reset`: the policy that is nearest to its limit, then all of them.
pub(crate) fn x_ratelimit(policies: &[(Cow<'_, Told>, Left)]) -> Option<[(&'static str, String); 3]> {
    let (nearest, left) = policies.iter().min_by_key(|(_, left)| left.remaining)?;
    let mut limit = nearest.quota.to_string();
    for (policy, _) in policies {
        parameter(&mut limit, ", ", policy.quota.into());
        parameter(&mut limit, ";w=", seconds(policy.window).max(1));
        limit.push_str(";name=");
        limit.push_str(&policy.name);
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

fn separate(field: &mut String) {
    if !field.is_empty() {
        field.push_str(", ");
    }
}

/// A String (RFC 9651 §3.3.3). What can't stand in one becomes `?`: names from the service may hold anything.
fn string(text: &str) -> String {
    let mut string = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => string.extend(['\\', character]),
            ' '..='~' => string.push(character),
            _ => string.push('?'),
        }
    }
    string.push('"');
    string
}

/// A parameter with an Integer, of at most 15 digits (RFC 9651 §3.3.1).
fn parameter(field: &mut String, name: &str, value: u64) {
    field.push_str(name);
    let mut rest = value.min(999_999_999_999_999);
    let (mut digits, mut first) = ([b'0'; 15], 15);
    // Written by hand, since every response has some: the general way takes a thousand instructions.
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        first -= 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let digits = digits
        .get(first..)
        .and_then(|digits| std::str::from_utf8(digits).ok());
    field.push_str(digits.unwrap_or_default());
}

/// Bytes; enough for most fields.
const LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(name: &str, quota: u32, unit: QuotaUnit, window: Duration) -> Cow<'static, Told> {
        Cow::Owned(Told::new(name, quota, unit, window))
    }

    #[test]
    fn fields_are_as_the_draft_shows() {
        let left = |remaining, reset: Option<u64>| Left {
            remaining,
            reset: reset.map(Duration::from_millis),
        };
        let minute = told("permin", 50, QuotaUnit::Requests, Duration::from_secs(60));
        let hour = told(
            "perhr",
            1000,
            QuotaUnit::ContentBytes,
            Duration::from_millis(3_599_001),
        );
        let both = [(minute, left(50, Some(29_001))), (hour, left(2, None))];
        assert_eq!(
            ratelimit_policy(&both),
            "\"permin\";q=50;w=60, \"perhr\";q=1000;qu=\"content-bytes\";w=3600"
        );
        assert_eq!(ratelimit(&both), "\"permin\";r=50;t=30, \"perhr\";r=2");
        assert_eq!(
            x_ratelimit(&both).unwrap(),
            [
                (
                    "x-ratelimit-limit",
                    "1000, 50;w=60;name=\"permin\", 1000;w=3600;name=\"perhr\"".to_owned()
                ),
                ("x-ratelimit-remaining", "2".to_owned()),
                ("x-ratelimit-reset", "0".to_owned()),
            ]
        );
        assert_eq!(x_ratelimit(&[]), None);
        let tick = told("tick", 1, QuotaUnit::Requests, Duration::from_millis(5));
        assert_eq!(ratelimit_policy(&[(tick, left(1, None))]), "\"tick\";q=1;w=1");
    }

    proptest! {
        #[test]
        fn fields_are_structured_fields(name in ".{0,12}", quota: u32, window: u64, remaining: u32, reset: Option<u64>) {
            let policy = told(&name, quota, QuotaUnit::Requests, Duration::from_nanos(window));
            let left = Left { remaining, reset: reset.map(Duration::from_secs) };
            let twice = [(policy.clone(), left.clone()), (policy, left)];
            for field in [ratelimit_policy(&twice), ratelimit(&twice)] {
                let list: sfv::List = sfv::Parser::new(&field).parse().unwrap();
                prop_assert_eq!(list.len(), 2);
                let sfv::ListEntry::Item(item) = &list[0] else { panic!("an inner list") };
                prop_assert!(matches!(item.bare_item, sfv::BareItem::String(_)));
                let number = |name| item.params.get(name).and_then(|value| value.as_integer()).map(i64::from);
                prop_assert!(number("r").is_none_or(|r| r == i64::from(remaining)));
                prop_assert!(number("q").is_none_or(|q| q == i64::from(quota)));
                prop_assert!(number("r").is_some() || number("q").is_some());
            }
        }
    }
}
