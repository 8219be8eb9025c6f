use crate::ascii_set::AsciiSet;

/// Whether `text` is a token (RFC 9110 §5.6.2).
pub fn is_token(text: &[u8]) -> bool {
    // Every header that a filter sets is asked for every letter of its name.
    !text.is_empty() && text.iter().all(|byte| TCHARS.has(*byte))
}

const TCHARS: AsciiSet =
    AsciiSet::of(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        for byte in 0..=255u8 {
            let expected = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token(&[byte]), expected, "{byte}");
        }
        assert!(is_token(b"x-request-id") && !is_token(b"a b") && !is_token(b""));
    }
}
