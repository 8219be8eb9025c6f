/// The length of a range, written in as few bytes as its kind needs.
///
/// Ranges of addresses are mostly powers of two, and small multiples of them otherwise. So the first byte holds the power
/// (0 to 63); its highest bit says that an odd factor of 3 or more follows, as `(factor - 3) / 2` in groups of seven bits,
/// the lowest group first, each but the last with its highest bit set.
pub(crate) struct Length;

impl Length {
    /// The length at the front of `bytes`, never zero, and what follows it.
    pub(crate) fn read(bytes: &[u8]) -> Option<(u64, &[u8])> {
        let (head, mut rest) = bytes.split_first()?;
        let power = u32::from(head & 0x7f);
        if power > 63 {
            return None;
        }
        if head & 0x80 == 0 {
            return Some((1 << power, rest));
        }
        let mut coded = 0u64;
        for group in 0..9 {
            let (byte, after) = rest.split_first()?;
            rest = after;
            coded |= u64::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                let factor = coded.checked_mul(2)?.checked_add(3)?;
                let length = factor.checked_mul(1 << power)?;
                return Some((length, rest));
            }
        }
        None
    }

    /// Writes `length`, which is at least 1 and at most 2^64.
    pub(crate) fn write(length: u128, bytes: &mut Vec<u8>) {
        // The whole of the IPv6 space takes two ranges: 2^64 has no code.
        let power = length.trailing_zeros();
        let factor = length >> power;
        if factor == 1 {
            bytes.push(power as u8);
            return;
        }
        bytes.push(power as u8 | 0x80);
        let mut coded = (factor - 3) / 2;
        while coded >= 0x80 {
            bytes.push(coded as u8 | 0x80);
            coded >>= 7;
        }
        bytes.push(coded as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_length_is_read_back(factor in 1..=u64::MAX, power in 0..64u32) {
            let length = factor.checked_shl(power).filter(|length| *length != 0).unwrap_or(factor);
            let mut bytes = Vec::new();
            Length::write(u128::from(length), &mut bytes);
            bytes.push(0xee);
            prop_assert_eq!(Length::read(&bytes), Some((length, &[0xee][..])));
        }

        #[test]
        fn any_bytes_are_a_length_or_none(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            if let Some((length, rest)) = Length::read(&bytes) {
                prop_assert!(length > 0 && rest.len() < bytes.len());
            }
        }
    }

    #[test]
    fn usual_lengths_are_short() {
        for (length, bytes) in [
            (1, 1),
            (256, 1),
            (1 << 32, 1),
            (768, 2),
            (65_280, 2),
            (1 << 63, 1),
        ] {
            let mut written = Vec::new();
            Length::write(length, &mut written);
            assert_eq!(written.len(), bytes, "{length}");
        }
    }
}
