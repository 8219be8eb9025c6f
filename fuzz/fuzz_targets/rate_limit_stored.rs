//! Whatever is stored under a set's key is a set or none, stays one, and admits no more than a bucket holds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rate_limit::{
    gcra::Quota,
    set::{Seat, Set},
};
use std::time::Duration;

fuzz_target!(|data: &[u8]| {
    let Some((head, stored)) = data.split_first_chunk::<24>() else {
        return;
    };
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    // Up to the year 2262; in 2554, nanoseconds end.
    let now = u64::from(number(0)) << 31 | u64::from(number(4));
    let per = Duration::from_nanos(u64::from(number(8)) << 12 | 1);
    let (requests, burst, key) = (number(12), number(16) % 64, number(20));
    let Some(set) = Set::parse(Some(stored)) else {
        return;
    };
    let quota = Quota::new(requests, per, burst).overdrawn_by(burst);
    let mut written = set.with(Seat::Overflow, key, set.seat(key, now).1, now);
    let mut admitted = 0;
    for _ in 0..70 {
        let set = Set::parse(Some(&written)).expect("what is written can be read");
        let (seat, bucket) = set.seat(key, now);
        let verdict = quota.judge(bucket, now, 1);
        if !verdict.admitted {
            assert!(verdict.wait > Duration::ZERO);
            break;
        }
        admitted += 1;
        written = set.with(seat, key, verdict.refilled, now);
        assert!(written.len() <= 17 * 16);
    }
    assert!(admitted <= quota.burst(), "{admitted} of {}", quota.burst());
});
