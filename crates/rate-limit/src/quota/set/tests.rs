use crate::quota::{
    gcra::{Quota, nanos},
    set::*,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, time::Duration};

const NOW: u64 = 1_800_000_000_000_000_000;

fn at(nanos: u64) -> Refilled {
    Refilled { nanos, parts: 0 }
}

#[test]
fn slots_are_reused_only_when_refilled() {
    let mut stored = Vec::new();
    for key in 1..=WAYS as u32 {
        let set = Set::parse(Some(&stored)).unwrap();
        assert_eq!(set.seat(key, NOW), (Seat::Free, Refilled::default()), "{key}");
        stored = set.with(Seat::Free, key, at(NOW + u64::from(key)), NOW);
    }
    let set = Set::parse(Some(&stored)).unwrap();
    for (name, key, now, expected) in [
        ("its own", 3, NOW, (Seat::Own, at(NOW + 3))),
        ("no slot is free", 99, NOW, (Seat::Overflow, Refilled::default())),
        (
            "the first has refilled",
            99,
            NOW + 1,
            (Seat::Free, Refilled::default()),
        ),
        (
            "a refilled one counts as none",
            1,
            NOW + 1,
            (Seat::Free, Refilled::default()),
        ),
    ] {
        assert_eq!(set.seat(key, now), expected, "{name}");
    }
    let stored = set.with(Seat::Overflow, 99, at(NOW + 50), NOW);
    let set = Set::parse(Some(&stored)).unwrap();
    assert_eq!(set.seat(99, NOW), (Seat::Overflow, at(NOW + 50)));
    assert_eq!(
        set.seat(99, NOW + 1),
        (Seat::Free, at(NOW + 50)),
        "debts move along"
    );
    assert_eq!(set.seat(2, NOW + 1), (Seat::Own, at(NOW + 2)));
    assert_eq!(stored.len(), BUCKET * (1 + WAYS));
    assert_eq!(set.with(Seat::Own, 16, at(NOW + 60), NOW + 16).len(), BUCKET * 2);
}

#[test]
fn what_nobody_wrote_is_refused() {
    for (name, length, valid) in [
        ("nothing", 0, true),
        ("overflow only", 16, true),
        ("full", 16 * 17, true),
        ("too many slots", 16 * 18, false),
        ("half a bucket", 24, false),
        ("a byte", 1, false),
    ] {
        assert_eq!(Set::parse(Some(&vec![7; length])).is_some(), valid, "{name}");
    }
}

/// Mostly at once, so that slots run out; sometimes long enough for some to refill.
fn wait() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0u64..3_000_000, 1 => 0u64..900_000_000]
}

/// Many keys that come and go, and three that stay.
fn key() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 1u32..200, 2 => 200u32..203]
}

proptest! {
    #[test]
    fn any_bytes_are_a_set_or_none(stored in prop::collection::vec(any::<u8>(), 0..400), key: u32, now: u64) {
        if let Some(set) = Set::parse(Some(&stored)) {
            let (seat, bucket) = set.seat(key, now);
            let again = set.with(seat, key, bucket, now);
            prop_assert!(Set::parse(Some(&again)).is_some());
        }
    }

    /// The overflow rule, on the pure model: whoever cycles keys, with refunds and late charges among them, no key
    /// is ever served more than its quota, in any span of time; and all keys of a set together no more than
    /// one quota per slot and one for the overflow bucket.
    #[test]
    fn no_key_is_served_beyond_its_quota(
        requests in 1u32..20, burst in 1u32..6,
        steps in prop::collection::vec((wait(), key(), 1u32..3, 0u8..8), 100..600),
    ) {
        let quota = Quota::new(requests, Duration::from_secs(1), burst).overdrawn_by(burst);
        let (mut stored, mut now) = (Vec::new(), NOW);
        let mut served: BTreeMap<u32, Vec<(u64, u128)>> = BTreeMap::new();
        let mut all = Vec::new();
        for (wait, key, cost, kind) in steps {
            now += wait;
            let set = Set::parse(Some(&stored)).unwrap();
            let (seat, bucket) = set.seat(key, now);
            let verdict = quota.judge(bucket, now, cost);
            if !verdict.admitted {
                continue;
            }
            stored = set.with(seat, key, verdict.refilled, now);
            if kind == 0 {
                // Refused by another policy after all, some time later.
                now += wait / 2;
                let set = Set::parse(Some(&stored)).unwrap();
                stored = set.refunded(seat, key, |bucket| quota.refund(bucket, verdict.refilled, now, cost), now).unwrap_or(stored.clone());
            } else {
                served.entry(key).or_default().push((now, u128::from(cost)));
                all.push((now, u128::from(cost)));
            }
            if kind == 1 {
                let set = Set::parse(Some(&stored)).unwrap();
                let (seat, bucket) = set.seat(key, now);
                stored = set.with(seat, key, quota.charge(bucket, now, cost), now);
            }
        }
        for (key, served) in &served {
            assert_within(&quota, requests, served, 1, &format!("key {key}"));
        }
        assert_within(&quota, requests, &all, WAYS as u128 + 1, "the whole set");
    }
}

fn assert_within(quota: &Quota, requests: u32, served: &[(u64, u128)], times: u128, who: &str) {
    for (first, (start, _)) in served.iter().enumerate() {
        let mut total = 0;
        for (end, cost) in &served[first..] {
            total += cost;
            let per = u128::from(nanos(Duration::from_secs(1)));
            let allowed = times * u128::from(quota.burst())
                + times * u128::from(end - start) * u128::from(requests) / per;
            assert!(
                total <= allowed,
                "{who}: {total} of {allowed} in {} ns",
                end - start
            );
        }
    }
}
