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
        let (units, rest) = divided(room, self.per);
        Verdict {
            admitted,
            refilled: self.refilled(backlog, now),
            remaining: units.try_into().unwrap_or(u32::MAX),
            next_unit: (backlog > 0).then(|| {
                let overdrawn = backlog.saturating_sub(self.capacity());
                self.duration(overdrawn + u128::from(self.per - rest))
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
        let (ahead, parts) = divided(backlog, self.requests.into());
        let ahead = u64::try_from(ahead).unwrap_or(u64::MAX);
        Refilled {
            nanos: now.saturating_add(ahead),
            parts: parts as u32,
        }
    }

    fn duration(&self, work: u128) -> Duration {
        let (nanos, rest) = divided(work, self.requests.into());
        let nanos = nanos.saturating_add(u128::from(rest > 0));
        Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX))
    }
}

/// Quotient and remainder. In Wasm, dividing 128 bits takes thousands of instructions; what fits in 64, and most does,
/// takes one.
fn divided(work: u128, by: u64) -> (u128, u64) {
    match u64::try_from(work) {
        Ok(work) => (u128::from(work / by), work % by),
        Err(_) => (work / u128::from(by), (work % u128::from(by)) as u64),
    }
}

/// A duration, or a time since the epoch, in nanoseconds; the last there is, beyond the year 2554.
pub fn nanos(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
