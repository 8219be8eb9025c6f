/// Whether `text` is a token (RFC 9110 §5.6.2).
pub fn is_token(text: &[u8]) -> bool {
    // Every header that a filter sets is asked for every letter of its name.
    let is_tchar = |byte: &u8| match byte {
        0..64 => LOW_TCHARS >> byte & 1 == 1,
        64..128 => HIGH_TCHARS >> (byte - 64) & 1 == 1,
        _ => false,
    };
    !text.is_empty() && text.iter().all(is_tchar)
}

const LOW_TCHARS: u64 = tchars_from(0);
const HIGH_TCHARS: u64 = tchars_from(64);

/// A bit for each of 64 characters: whether a token may have it.
const fn tchars_from(first: u8) -> u64 {
    let mut set = 0;
    let mut rest: &[u8] = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    while let [byte, after @ ..] = rest {
        if *byte >= first && *byte - first < 64 {
            set |= 1 << (*byte - first);
        }
        rest = after;
    }
    set
}

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
