//! When fetches follow each other.

use crate::{Source, millis, record::Record};
use std::time::Duration;

/// When the next fetch is due after one that succeeded at `now`: ahead of the document's end by up to a tenth of its life,
/// so that it's there in time and many proxies don't come at once.
pub(crate) fn after_success(now: u64, lifetime: Duration, random: u64) -> u64 {
    let lifetime = millis(lifetime);
    now.saturating_add(lifetime)
        .saturating_sub(random % (lifetime / 10 + 1))
}

/// When the next fetch is due after `failures` in a row: pauses double from a quarter of a second up to two seconds while
/// there's no document at all, since requests wait for it, and up to a minute otherwise; up to a quarter is added at
/// random. A document of `refused` bytes that came in vain is paid for by a second for each 256 KiB.
pub(crate) fn after_failure(now: u64, record: &Record, refused: usize, random: u64) -> u64 {
    let longest = if record.version == 0 {
        LONGEST_WITHOUT
    } else {
        LONGEST
    };
    let doublings = record.failures.saturating_sub(1).min(16);
    let pause = (SHORTEST << doublings).min(longest);
    let pause = pause.max(refused as u64 * 1000 / REFUSED_PER_SECOND);
    now.saturating_add(pause + random % (pause / 4 + 1))
}

/// For how long nobody else fetches while an attempt is under way. While requests wait for the document, an attempt that
/// hangs is joined by another one long before it times out: after a fifth of the timeout, at least a second, then after
/// twice as long, and so on.
pub(crate) fn lease(source: &Source, record: &Record) -> Duration {
    let steps = 1 + u32::from(source.digest_path.is_some());
    let whole = source.timeout * steps + Duration::from_secs(1);
    if record.version != 0 && !record.is_wanted() {
        return whole;
    }
    let first = (source.timeout / 5).max(Duration::from_secs(1));
    let doublings = u32::try_from(record.attempts).unwrap_or(u32::MAX).min(8);
    (first * (1 << doublings)).min(whole)
}

const SHORTEST: u64 = 250;
const LONGEST_WITHOUT: u64 = 2_000;
const LONGEST: u64 = 60_000;
const REFUSED_PER_SECOND: u64 = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(version: u64, failures: u64) -> Record {
        Record {
            version,
            failures,
            ..Record::default()
        }
    }

    #[test]
    fn pauses_double_up_to_a_bound() {
        for (name, version, failures, refused, least) in [
            ("first", 0, 1, 0, 250),
            ("second", 0, 2, 0, 500),
            ("third", 0, 3, 0, 1_000),
            ("nothing there yet", 0, 100, 0, 2_000),
            ("one is in use: first", 7, 1, 0, 250),
            ("one is in use: eighth", 7, 8, 0, 32_000),
            ("one is in use: for long", 7, u64::MAX, 0, 60_000),
            ("a small one refused", 0, 1, 10 << 10, 250),
            ("a large one refused", 0, 1, 24 << 20, 96_000),
        ] {
            let due = |random| after_failure(1_000, &failed(version, failures), refused, random) - 1_000;
            assert_eq!(due(0), least, "{name}");
            for random in [1, 99, u64::MAX] {
                assert!((least..=least + least / 4).contains(&due(random)), "{name}");
            }
        }
        assert_eq!(after_failure(u64::MAX, &failed(0, 1), 0, 1), u64::MAX);
    }

    #[test]
    fn the_next_one_is_there_in_time() {
        for random in [0, 7, 60_000, u64::MAX] {
            let due = after_success(1_000, Duration::from_secs(600), random);
            assert!((541_000..=601_000).contains(&due), "{due}");
        }
        assert_eq!(after_success(5, Duration::ZERO, 3), 5);
    }
}
