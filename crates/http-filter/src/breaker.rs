use std::{cell::Cell, time::Duration};

/// A circuit breaker before calls that requests wait for, for one worker: after so many failures in a row nobody asks for a
/// while, and then one call at a time probes whether the service is back. The others go without it at once.
///
/// A clock that is set back ends a pause, and the patience with a probe.
#[derive(Debug)]
pub struct Breaker {
    failures: u32,
    pause: Duration,
    patience: Duration,
    state: Cell<State>,
}

/// Times are since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// So many failures in a row.
    Closed { failed: u32 },
    /// Nobody asks.
    Open { since: Duration },
    /// A call is on its way to find out.
    Probing { since: Duration },
}

impl Breaker {
    /// A breaker that opens for `pause` after so many failures in a row; never with zero. A probe whose answer hasn't come
    /// after `timeout` is followed by another one: its request may have gone away.
    pub fn new(failures: u32, pause: Duration, timeout: Duration) -> Self {
        Self {
            failures,
            pause,
            patience: timeout.saturating_mul(2),
            state: Cell::new(State::Closed { failed: 0 }),
        }
    }

    /// Whether a call may be made at `now`. Whoever is told so makes it, and says what came of it.
    #[must_use]
    pub fn admits(&self, now: Duration) -> bool {
        let over = |since: Duration, time| now.checked_sub(since).is_none_or(|passed| passed >= time);
        let admits = match self.state.get() {
            State::Closed { .. } => return true,
            State::Open { since } => over(since, self.pause),
            State::Probing { since } => over(since, self.patience),
        };
        if admits {
            self.state.set(State::Probing { since: now });
        }
        admits
    }

    /// A call was answered.
    pub fn succeeded(&self) {
        self.state.set(State::Closed { failed: 0 });
    }

    /// A call wasn't, or by nonsense.
    pub fn failed(&self, now: Duration) {
        let failed = match self.state.get() {
            State::Closed { failed } => failed.saturating_add(1),
            // Calls from before it opened come to their end: they tell nothing new.
            State::Open { .. } => return,
            State::Probing { .. } => self.failures,
        };
        self.state.set(if self.failures > 0 && failed >= self.failures {
            State::Open { since: now }
        } else {
            State::Closed { failed }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAUSE: Duration = Duration::from_secs(1);
    const TIMEOUT: Duration = Duration::from_millis(100);
    const START: u64 = 1_000_000;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(START + millis)
    }

    fn open() -> Breaker {
        let breaker = Breaker::new(3, PAUSE, TIMEOUT);
        for _ in 0..3 {
            assert!(breaker.admits(at(0)));
            breaker.failed(at(0));
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row() {
        for (name, answers, admits) in [
            ("none", &[][..], true),
            ("two failures", &[false, false], true),
            ("three failures", &[false, false, false], false),
            ("not in a row", &[false, false, true, false, false], true),
        ] {
            let breaker = Breaker::new(3, PAUSE, TIMEOUT);
            for answered in answers {
                assert!(breaker.admits(at(0)), "{name}");
                if *answered {
                    breaker.succeeded();
                } else {
                    breaker.failed(at(0));
                }
            }
            assert_eq!(breaker.admits(at(1)), admits, "{name}");
        }
        let never = Breaker::new(0, PAUSE, TIMEOUT);
        for _ in 0..1000 {
            never.failed(at(0));
            assert!(never.admits(at(0)));
        }
    }

    #[test]
    fn one_call_at_a_time_probes() {
        let breaker = open();
        for (name, now, admits) in [
            ("in the pause", 999, false),
            ("the probe", 1000, true),
            ("beside it", 1000, false),
            ("later, beside it", 1199, false),
            ("its request went away: another probe", 1200, true),
            ("beside that one", 1201, false),
        ] {
            assert_eq!(breaker.admits(at(now)), admits, "{name}");
        }
        breaker.failed(at(1300));
        assert!(!breaker.admits(at(2299)), "a whole pause again");
        assert!(breaker.admits(at(2300)));
        breaker.succeeded();
        assert!(breaker.admits(at(2301)) && breaker.admits(at(2301)), "closed");
    }

    #[test]
    fn calls_from_before_it_opened_do_not_put_the_probe_off() {
        let breaker = open();
        breaker.failed(at(500));
        assert!(breaker.admits(at(1000)));
    }

    #[test]
    fn a_clock_that_is_set_back_ends_the_pause() {
        let breaker = open();
        assert!(breaker.admits(Duration::from_secs(1)));
        assert!(!breaker.admits(Duration::from_secs(1)), "one at a time");
        assert!(breaker.admits(Duration::ZERO), "and the patience with the probe");
    }

    proptest! {
        /// While a service hangs, calls are admitted one in each stretch of patience, whatever comes when.
        #[test]
        fn few_wait_for_a_service_that_hangs(gaps in prop::collection::vec(0u64..50, 1..400)) {
            let breaker = open();
            let (mut now, mut admitted, mut on_the_way) = (0, 0u64, Vec::new());
            for gap in gaps {
                now += gap;
                on_the_way.retain(|sent| {
                    let over = now - sent >= TIMEOUT.as_millis() as u64;
                    if over {
                        breaker.failed(at(now));
                    }
                    !over
                });
                if breaker.admits(at(now)) {
                    admitted += 1;
                    on_the_way.push(now);
                }
                prop_assert!(on_the_way.len() <= 1);
            }
            prop_assert!(admitted <= 1 + now / PAUSE.as_millis() as u64);
        }
    }
}
