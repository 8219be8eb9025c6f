use base64::{Engine, prelude::BASE64_STANDARD};

/// The hash in an Available-Dictionary field: one Structured Field byte sequence of 32 bytes, and nothing else
/// (RFC 9842 §2.2, RFC 9651 §3.3.5).
pub fn available_dictionary(value: &[u8]) -> Option<[u8; 32]> {
    let inner = value.trim_ascii().strip_prefix(b":")?.strip_suffix(b":")?;
    if inner.len() != 44 {
        return None;
    }
    BASE64_STANDARD.decode(inner).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_strict() {
        let zeros = "A".repeat(43);
        for (name, value, expected) in [
            ("a hash", format!(":{zeros}=:"), true),
            ("spaces about it", format!("  :{zeros}=: "), true),
            ("no colons", format!("{zeros}="), false),
            ("no padding", format!(":{zeros}:"), false),
            ("short", ":AAAA:".to_owned(), false),
            ("two", format!(":{zeros}=:, :{zeros}=:"), false),
            ("parameters", format!(":{zeros}=:;a=1"), false),
            ("no base64", format!(":{}=:", "%".repeat(43)), false),
            ("empty", String::new(), false),
            ("one colon", ":".to_owned(), false),
        ] {
            assert_eq!(
                available_dictionary(value.as_bytes()).is_some(),
                expected,
                "{name}"
            );
        }
    }
}
