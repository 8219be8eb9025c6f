use crate::quota::gcra::*;
use proptest::prelude::*;

const NOW: u64 = 1_800_000_000_000_000_000;
const SECOND: u64 = 1_000_000_000;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_burst_then_one_per_interval() {
    let quota = Quota::new(60, seconds(60), 3);
    let mut bucket = Refilled::default();
    for (name, at, cost, admitted, remaining, next, wait) in [
        ("first", 0, 1, true, 2, Some(1), 0),
        ("second", 0, 1, true, 1, Some(1), 0),
        ("third", 0, 1, true, 0, Some(1), 0),
        ("burst is over", 0, 1, false, 0, Some(1), 1),
        ("costlier waits longer", 0, 3, false, 0, Some(1), 3),
        ("one interval later", 1, 1, true, 0, Some(1), 0),
        ("and no more", 1, 1, false, 0, Some(1), 1),
        ("two at once", 3, 2, true, 0, Some(1), 0),
        ("rested", 100, 0, true, 3, None, 0),
        ("all at once", 100, 3, true, 0, Some(1), 0),
        ("free, but none is left", 100, 0, false, 0, Some(1), 1),
    ] {
        let verdict = quota.judge(bucket, NOW + at * SECOND, cost);
        let expected = Verdict {
            admitted,
            refilled: verdict.refilled,
            remaining,
            next_unit: next.map(seconds),
            wait: seconds(wait),
        };
        assert_eq!(verdict, expected, "{name}");
        bucket = verdict.refilled;
    }
}

#[test]
fn intervals_that_are_no_whole_nanoseconds_are_exact() {
    // A third of a nanosecond per unit is lost to any arithmetic that rounds.
    let quota = Quota::new(3, Duration::from_nanos(10), 1);
    let mut bucket = Refilled::default();
    let admitted = (0..1_000)
        .filter(|now| {
            let verdict = quota.judge(bucket, NOW + now, 1);
            bucket = verdict.refilled;
            verdict.admitted
        })
        .count();
    assert_eq!(admitted, 250, "one every 4 ns, the first whole one after 3⅓");
    let quota = Quota::new(300_007, seconds(1), 1_000);
    let mut bucket = Refilled::default();
    let mut admitted = 0;
    for step in 0..600_000u64 {
        let verdict = quota.judge(bucket, NOW + step * 5_000, 2);
        bucket = verdict.refilled;
        admitted += u64::from(verdict.admitted) * 2;
    }
    let allowed = 1_000 + 300_007 * 599_999 * 5_000 / SECOND;
    assert!(
        (allowed - 1..=allowed).contains(&admitted),
        "{admitted} of {allowed}"
    );
}

#[test]
fn charges_after_the_fact_may_overdraw_as_far_as_allowed() {
    let quota = Quota::new(1, seconds(1), 10).overdrawn_by(5);
    let bucket = quota.charge(Refilled::default(), NOW, 12);
    let verdict = quota.judge(bucket, NOW, 1);
    assert_eq!(
        (
            verdict.admitted,
            verdict.remaining,
            verdict.wait,
            verdict.next_unit
        ),
        (false, 0, seconds(3), Some(seconds(3)))
    );
    let bucket = quota.charge(bucket, NOW, 1_000);
    assert_eq!(quota.judge(bucket, NOW, 1).wait, seconds(6));
}

#[test]
fn a_clock_set_back_locks_nobody_out_for_the_difference() {
    let quota = Quota::new(10, seconds(1), 10);
    let bucket = quota.charge(Refilled::default(), NOW, 1);
    let verdict = quota.judge(bucket, NOW - 3_600 * SECOND, 1);
    assert_eq!(
        (verdict.admitted, verdict.wait),
        (false, Duration::from_millis(100))
    );
}

#[test]
fn a_refund_gives_back_what_time_has_not() {
    let quota = Quota::new(1, seconds(1), 10);
    let before = quota.charge(Refilled::default(), NOW, 2);
    let charged = quota.charge(before, NOW, 4);
    for (name, at, expected) in [
        ("at once", 0, 2),
        ("while others pay", 2, 0),
        ("half paid", 4, 0),
        ("all paid", 6, 0),
    ] {
        let now = NOW + at * SECOND;
        let bucket = quota.refund(charged, charged, now, 4);
        assert_eq!(
            quota.backlog(bucket, now),
            expected * u128::from(SECOND),
            "{name}"
        );
    }
}

#[test]
fn the_largest_quota_does_not_overflow() {
    let years = Duration::from_secs(10 * 365 * 86_400);
    let quota = Quota::new(1, years, u32::MAX).overdrawn_by(u32::MAX);
    let bucket = quota.charge(Refilled::default(), NOW, u32::MAX);
    assert!(!quota.judge(bucket, NOW, u32::MAX).admitted);
    assert_eq!(quota.charge(bucket, u64::MAX, u32::MAX).nanos, u64::MAX);
}

proptest! {
    /// In no span of time does a bucket admit more than its burst and what the rate gives in that span; and a client
    /// that always asks gets that, to the unit.
    #[test]
    fn admits_no_more_than_the_quota_in_any_span(
        requests in 1u32..2_000, per in 1u64..3_000_000_000, burst in 1u32..50,
        steps in prop::collection::vec((0u64..100_000_000, 1u32..4), 1..150),
    ) {
        let quota = Quota::new(requests, Duration::from_nanos(per), burst);
        let (mut bucket, mut now, mut admitted) = (Refilled::default(), NOW, Vec::new());
        for (wait, cost) in steps {
            now += wait;
            let verdict = quota.judge(bucket, now, cost);
            bucket = verdict.refilled;
            if verdict.admitted {
                admitted.push((now, u128::from(cost)));
            } else {
                let later = quota.judge(bucket, now + nanos(verdict.wait), cost);
                prop_assert!(later.admitted || cost > burst, "admitted after the wait it was told");
                let sooner = quota.judge(bucket, now + nanos(verdict.wait) - 1, cost);
                prop_assert!(!sooner.admitted, "and not before");
            }
        }
        for (first, (start, _)) in admitted.iter().enumerate() {
            let mut total = 0;
            for (end, cost) in &admitted[first..] {
                total += cost;
                let allowed = u128::from(burst) + u128::from(end - start) * u128::from(requests) / u128::from(per);
                prop_assert!(total <= allowed, "{} of {} in {} ns", total, allowed, end - start);
            }
        }
    }

    #[test]
    fn division_is_division(high: u64, low: u64, small: bool, by in 1u64..) {
        let work = if small { u128::from(low) } else { u128::from(high) << 64 | u128::from(low) };
        let (quotient, rest) = divided(work, by);
        prop_assert!(rest < by);
        prop_assert_eq!(quotient * u128::from(by) + u128::from(rest), work);
    }
}
