//! Whatever a compact table holds, with its checksum made right: refused, or every look-up answers.
#![no_main]

use geo_database::{Bytes, Table};
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;

fuzz_target!(|data: &[u8]| {
    let mut bytes = Table::MAGIC.to_vec();
    bytes.push(2);
    bytes.extend_from_slice(&crc32(data).to_le_bytes());
    bytes.extend_from_slice(data);
    let bytes = Bytes::from(bytes);
    // Unchecked, it may say anything, but does it in time.
    for table in [Table::open(bytes.clone()), Table::reopen(bytes)].into_iter().flatten() {
        ask(&table);
        assert!(table.notice().len() <= data.len());
    }
});

fn ask(table: &Table) {
    for index in 0..64u64 {
        let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        table.country(IpAddr::V4(((spread >> 32) as u32).into()));
        table.country(IpAddr::V6((u128::from(spread) << 64).into()));
    }
    table.country(IpAddr::V4(u32::MAX.into()));
    table.country(IpAddr::V6(u128::MAX.into()));
    table.ranges();
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
