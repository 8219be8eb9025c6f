/// The 32 bytes that 64 hexadecimal digits stand for.
pub(crate) fn digest(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut digest = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            *byte = *byte << 4 | char::from(*digit).to_digit(16)? as u8;
        }
    }
    Some(digest)
}

/// `bytes` in hexadecimal.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests() {
        let text = "00ff".repeat(16);
        assert_eq!(encode(&digest(&text).unwrap()), text);
        assert_eq!(digest(&"0".repeat(63)), None);
        assert_eq!(digest(&"g".repeat(64)), None);
    }
}
