//! Hexadecimal (RFC 4648 §8).

/// What a digit counts, in either case.
pub fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The digit of the four low bits of `nibble`, in lower case.
pub fn lower(nibble: u8) -> u8 {
    match nibble & 15 {
        digit @ 0..=9 => b'0' + digit,
        letter => b'a' + letter - 10,
    }
}

/// The digit of the four low bits of `nibble`, in upper case.
pub fn upper(nibble: u8) -> u8 {
    lower(nibble).to_ascii_uppercase()
}

/// The `N` bytes that `2 * N` digits stand for.
pub fn decode<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for place in pair {
            *byte = *byte << 4 | digit(*place)?;
        }
    }
    Some(bytes)
}

/// `bytes` in lower case.
pub fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [char::from(lower(byte >> 4)), char::from(lower(*byte))])
        .collect()
}

/// `number` in lower case, with at least so many digits.
pub fn number(number: u64, digits: u32) -> impl Iterator<Item = u8> {
    let length = (16 - number.leading_zeros() / 4).max(digits).min(16);
    (0..length)
        .rev()
        .map(move |place| lower((number >> (4 * place)) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_two_digits() {
        let text = "00ff".repeat(16);
        assert_eq!(encode(&decode::<32>(text.as_bytes()).unwrap()), text);
        assert_eq!(decode::<2>(b"aBcD"), Some([0xab, 0xcd]));
        for text in ["abc", "abcde", "ab:d", "ab+d", ""] {
            assert_eq!(decode::<2>(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!((lower(0x1e), upper(0x1e)), (b'e', b'E'));
    }

    #[test]
    fn numbers_have_their_least_digits() {
        for (value, digits, expected) in [
            (0, 1, "0"),
            (0, 0, ""),
            (0x1f, 1, "1f"),
            (0x1f, 4, "001f"),
            (u64::MAX, 16, "ffffffffffffffff"),
        ] {
            let text: Vec<u8> = number(value, digits).collect();
            assert_eq!(text, expected.as_bytes());
        }
    }
}
