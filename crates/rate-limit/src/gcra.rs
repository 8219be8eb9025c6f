//! The generic cell rate algorithm (ITU-T I.371 §A.1), in exact arithmetic.
//!
//! A bucket is one instant, its *theoretical arrival time*: when it will have refilled completely. Instants are kept in
//! nanoseconds and `requests`-ths of one, in which every emission interval (`per / requests`) is a whole number: nothing
//! is ever rounded, so over any run a bucket admits exactly what its quota says.

use std::time::Duration;

/// So many units per span of time, of which so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    requests: u32,
    /// Nanoseconds.
    per: u64,
    burst: u32,
    /// The largest debt that charges after the fact may leave, in units.
    debt: u32,
}

/// When a bucket will have refilled: nanoseconds since the Unix epoch, and `requests`-ths of one. The default is a
/// bucket that's full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refilled {
    /// Whole nanoseconds.
    pub nanos: u64,
    /// Less than `requests`.
    pub parts: u32,
}

impl Refilled {
    /// Whether the bucket isn't full at `now` yet.
    pub fn is_after(self, now: u64) -> bool {
        self > Self { nanos: now, parts: 0 }
    }
}

/// What a bucket says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the quota has room for it.
    pub admitted: bool,
    /// When the bucket will have refilled once the request is charged; unchanged when it isn't admitted.
    pub refilled: Refilled,
    /// The units left, after the charge.
    pub remaining: u32,
    /// How long until a further unit is left; `None` when all are.
    pub next_unit: Option<Duration>,
    /// How long until the request would be admitted; zero when it is.
    pub wait: Duration,
}

impl Quota {
    /// `requests` per `per`, at most `burst` at once. All at least 1, which configuration sees to: a zero counts as 1.
    pub fn new(requests: u32, per: Duration, burst: u32) -> Self {
        Self {
            requests: requests.max(1),
            per: nanos(per).max(1),
            burst: burst.max(1),
            debt: 0,
        }
    }

    /// The same quota, which charges after the fact may overdraw by `debt` units.
    #[must_use]
    pub fn overdrawn_by(self, debt: u32) -> Self {
        Self { debt, ..self }
    }

    /// How many units there are at once.
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// How long an empty bucket takes to refill.
    pub fn refill(&self) -> Duration {
        self.duration(self.capacity())
    }

    /// Judges a request of `cost` units against a bucket, and charges it if admitted. A cost of nothing is admitted
    /// while there's a unit left.
    pub fn judge(&self, bucket: Refilled, now: u64, cost: u32) -> Verdict {
        let backlog = self.backlog(bucket, now);
        let needed = backlog + self.work(cost.max(1));
        if needed <= self.capacity() {
            self.verdict(true, backlog + self.work(cost), now, Duration::ZERO)
        } else {
            Verdict {
                refilled: bucket,
                ..self.verdict(false, backlog, now, self.duration(needed - self.capacity()))
            }
        }
    }

    /// Charges `cost` units whether or not there's room, up to the debt allowed.
    pub fn charge(&self, bucket: Refilled, now: u64, cost: u32) -> Refilled {
        self.refilled(self.bounded(self.backlog(bucket, now) + self.work(cost)), now)
    }

    /// Gives back up to `cost` units of a charge that left the bucket at `charged`: what time has not paid off since.
    pub fn refund(&self, bucket: Refilled, charged: Refilled, now: u64, cost: u32) -> Refilled {
        let unpaid = self.backlog(charged, now).min(self.work(cost));
        self.refilled(self.backlog(bucket, now).saturating_sub(unpaid), now)
    }

    fn verdict(&self, admitted: bool, backlog: u128, now: u64, wait: Duration) -> Verdict {
        let room = self.capacity().saturating_sub(backlog);
        let per = u128::from(self.per);
        Verdict {
            admitted,
            refilled: self.refilled(backlog, now),
            remaining: (room / per).try_into().unwrap_or(u32::MAX),
            next_unit: (backlog > 0).then(|| {
                let overdrawn = backlog.saturating_sub(self.capacity());
                self.duration(overdrawn + per - room % per)
            }),
            wait,
        }
    }

    // Work and time share one scale: `requests`-ths of a nanosecond. One unit is `per` of them.

    fn work(&self, units: u32) -> u128 {
        u128::from(units) * u128::from(self.per)
    }

    fn capacity(&self) -> u128 {
        self.work(self.burst)
    }

    /// The work that time has not done yet. A bucket further in the future than any charge can leave it tells of a clock
    /// that was set back; it counts as the emptiest bucket there is, which bounds the wait.
    fn backlog(&self, bucket: Refilled, now: u64) -> u128 {
        if !bucket.is_after(now) {
            return 0;
        }
        let ahead = u128::from(bucket.nanos.saturating_sub(now)) * u128::from(self.requests);
        self.bounded(ahead + u128::from(bucket.parts))
    }

    fn bounded(&self, backlog: u128) -> u128 {
        backlog.min(self.capacity() + self.work(self.debt))
    }

    fn refilled(&self, backlog: u128, now: u64) -> Refilled {
        let requests = u128::from(self.requests);
        let ahead = u64::try_from(backlog / requests).unwrap_or(u64::MAX);
        Refilled {
            nanos: now.saturating_add(ahead),
            parts: (backlog % requests) as u32,
        }
    }

    fn duration(&self, work: u128) -> Duration {
        let nanos = work.div_ceil(u128::from(self.requests));
        Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX))
    }
}

/// A duration, or a time since the epoch, in nanoseconds; the last there is, beyond the year 2554.
pub fn nanos(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
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
    }
}
