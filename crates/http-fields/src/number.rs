/// A number of digits alone (RFC 9110 §8.6, RFC 9111 §1.2.2): neither signs nor space. One that doesn't fit is the largest.
pub fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    })
}

/// The number of bytes that a Content-Length says (RFC 9110 §8.6): digits alone, at most 19 of them.
pub fn content_length(text: &[u8]) -> Option<u64> {
    decimal(text).filter(|_| text.len() <= 19)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_alone() {
        for (text, number, length) in [
            ("0", Some(0), Some(0)),
            ("512", Some(512), Some(512)),
            (
                "9999999999999999999",
                Some(9_999_999_999_999_999_999),
                Some(9_999_999_999_999_999_999),
            ),
            ("99999999999999999999", Some(u64::MAX), None),
            ("+5", None, None),
            ("-1", None, None),
            (" 5", None, None),
            ("5, 5", None, None),
            ("0x5", None, None),
            ("", None, None),
        ] {
            assert_eq!(decimal(text.as_bytes()), number, "{text:?}");
            assert_eq!(content_length(text.as_bytes()), length, "{text:?}");
        }
    }
}
