use crate::{Bytes, builder::*};
use proptest::prelude::*;

fn country(code: &str) -> Option<Country> {
    Country::parse(code.as_bytes())
}

#[test]
fn narrower_ranges_hold() {
    let entry = |first, last, code| Entry {
        first,
        last,
        owner: country(code),
    };
    for (name, entries, expected) in [
        ("none", vec![], vec![]),
        (
            "nested",
            vec![entry(0, 99, "DE"), entry(10, 19, "FR")],
            vec![entry(0, 9, "DE"), entry(10, 19, "FR"), entry(20, 99, "DE")],
        ),
        (
            "nested twice",
            vec![entry(10, 19, "FR"), entry(12, 13, "IT"), entry(0, 99, "DE")],
            vec![
                entry(0, 9, "DE"),
                entry(10, 11, "FR"),
                entry(12, 13, "IT"),
                entry(14, 19, "FR"),
                entry(20, 99, "DE"),
            ],
        ),
        (
            "same start",
            vec![entry(0, 9, "FR"), entry(0, 99, "DE")],
            vec![entry(0, 9, "FR"), entry(10, 99, "DE")],
        ),
        (
            "same end",
            vec![entry(90, 99, "FR"), entry(0, 99, "DE")],
            vec![entry(0, 89, "DE"), entry(90, 99, "FR")],
        ),
        (
            "equal: the later",
            vec![entry(0, 9, "DE"), entry(0, 9, "FR")],
            vec![entry(0, 9, "FR")],
        ),
        (
            "neighbours join",
            vec![entry(0, 9, "DE"), entry(10, 19, "DE"), entry(21, 22, "DE")],
            vec![entry(0, 19, "DE"), entry(21, 22, "DE")],
        ),
        (
            "a hole",
            vec![entry(0, 99, "DE"), entry(10, 19, "??")],
            vec![entry(0, 9, "DE"), entry(10, 19, "??"), entry(20, 99, "DE")],
        ),
        (
            "to the very end",
            vec![entry(5, u64::MAX, "DE"), entry(7, u64::MAX, "FR")],
            vec![entry(5, 6, "DE"), entry(7, u64::MAX, "FR")],
        ),
        (
            "crossing",
            vec![entry(0, 10, "DE"), entry(5, 15, "FR")],
            vec![entry(0, 4, "DE"), entry(5, 15, "FR")],
        ),
    ] {
        assert_eq!(flatten(entries), expected, "{name}");
    }
}

#[test]
fn an_empty_table_knows_nothing() {
    let table = Table::open(TableBuilder::new("", 0).build().into()).unwrap();
    assert_eq!(table.country("1.2.3.4".parse().unwrap()), None);
    assert_eq!(table.country("ffff::1".parse().unwrap()), None);
    assert_eq!(table.ranges(), (1, 2));
}

/// A hundred countries' ranges: several blocks.
fn many() -> Vec<u8> {
    let mut builder = TableBuilder::new("n", 7);
    for (block, country) in Country::all().take(100).enumerate() {
        let first = (block as u32) << 20;
        builder.add(
            IpAddr::V4(first.into()),
            IpAddr::V4((first + 0xffff).into()),
            Some(country),
        );
    }
    builder.build()
}

#[test]
fn what_lies_about_itself_with_a_right_checksum_is_refused() {
    let whole = many();
    assert_eq!(Table::open(whole.clone().into()).unwrap().ranges(), (200, 2));
    // Magic, version, checksum, date, notice, countries.
    let v4 = 7 + 1 + 4 + 8 + 3 + 1 + 200;
    let blocks = 200usize.div_ceil(32);
    let offsets = v4 + 4 + blocks * 8;
    let ranges = offsets + 4 + blocks * 4 + 4;
    for (name, at, byte, expected) in [
        (
            "the start of a block",
            v4 + 4 + 8,
            1,
            "the index points elsewhere",
        ),
        (
            "the place of a block",
            offsets + 4 + 4,
            1,
            "the index points elsewhere",
        ),
        (
            "an owner",
            ranges + 1,
            101,
            "a range belongs to a country that isn't listed",
        ),
        ("a longer range", ranges, 31, "the index points elsewhere"),
        (
            "a shorter last range",
            whole.len() - 2,
            62,
            "the ranges are less than the address space",
        ),
        ("fewer blocks", v4, blocks as u8 - 1, "it ends too early"),
    ] {
        let mut lying = whole.clone();
        assert_ne!(lying[at], byte, "{name}");
        lying[at] = byte;
        let checksum = crc32(&lying[12..]).to_le_bytes();
        lying[8..12].copy_from_slice(&checksum);
        let error = Table::open(lying.into()).err().unwrap().to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn what_was_checked_answers_the_same_when_opened_again() {
    let [opened, again] = [Table::open, Table::reopen].map(|open| open(many().into()).unwrap());
    assert_eq!((opened.made(), opened.notice()), (again.made(), again.notice()));
    for address in (0..6400u32).map(|at| IpAddr::V4((at << 14).into())) {
        assert_eq!(opened.country(address), again.country(address), "{address}");
    }
}

proptest! {
    /// Against the plain way to do it: of all ranges that hold the address, the narrowest, and of equals the last.
    #[test]
    fn look_ups_agree_with_a_scan(
        ranges in prop::collection::vec((0..2000u32, 0..300u32, 0..4usize), 0..60),
        addresses in prop::collection::vec(0..2400u32, 40),
    ) {
        let owners = [country("DE"), country("FR"), country("JP"), None];
        // Crossing ranges have no narrower one: nest them by cutting at multiples of 256.
        let ranges: Vec<_> = ranges
            .into_iter()
            .map(|(first, length, owner)| {
                let last = if length > 255 { first | 0xff } else { first | (length.next_power_of_two().max(1) - 1) };
                (first & !(last ^ first), last, owners[owner])
            })
            .filter(|(first, last, _)| (last - first + 1).is_power_of_two() && first % (last - first + 1) == 0)
            .collect();
        let mut builder = TableBuilder::new("test", 7);
        for (first, last, owner) in &ranges {
            builder.add(IpAddr::V4((*first).into()), IpAddr::V4((*last).into()), *owner);
        }
        let table = Table::open(builder.build().into()).unwrap();
        for address in addresses {
            let holding = ranges.iter().enumerate().filter(|(_, (first, last, _))| (first..=last).contains(&&address));
            let narrowest = holding.min_by_key(|(index, (first, last, _))| (last - first, usize::MAX - index));
            prop_assert_eq!(
                table.country(IpAddr::V4(address.into())),
                narrowest.and_then(|(_, (_, _, owner))| *owner)
            );
        }
    }

    #[test]
    fn broken_bytes_are_refused(cut in 0..200usize, flip in 0..200usize, bit in 0..8u8) {
        let mut builder = TableBuilder::new("notice", 7);
        for block in 0..40u32 {
            let first = block << 20;
            builder.add(IpAddr::V4(first.into()), IpAddr::V4((first + 0xffff).into()), country("SE"));
        }
        let whole = builder.build();
        prop_assert!(Table::open(whole.clone().into()).is_ok());
        prop_assert!(Table::open(whole[..cut.min(whole.len() - 1)].to_vec().into()).is_err());
        let mut flipped = whole;
        let at = flip % flipped.len();
        flipped[at] ^= 1 << bit;
        prop_assert!(Table::open(flipped.into()).is_err());
    }

    /// With a right checksum and anything behind it: refused or served, never a panic.
    #[test]
    fn lying_bytes_do_no_harm(body in prop::collection::vec(any::<u8>(), 0..200), address in any::<IpAddr>()) {
        let mut bytes = Table::MAGIC.to_vec();
        bytes.push(Table::VERSION);
        bytes.extend_from_slice(&crc32(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        let bytes = Bytes::from(bytes);
        for table in [Table::open(bytes.clone()), Table::reopen(bytes)].into_iter().flatten() {
            table.country(address);
            table.ranges();
        }
    }
}
