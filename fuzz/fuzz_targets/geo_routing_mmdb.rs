//! Whatever an MMDB holds: refused, or every look-up answers.
#![no_main]

use geo_database::{Database, Fields};
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;

fuzz_target!(|data: &[u8]| {
    let fields = Fields::default();
    let Ok(database) = Database::open(data.to_vec().into()) else {
        return;
    };
    database.answers(&fields);
    for index in 0..64u64 {
        let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        database.place(IpAddr::V4(((spread >> 32) as u32).into()), &fields);
        database.place(IpAddr::V6((u128::from(spread) << 64).into()), &fields);
    }
});
