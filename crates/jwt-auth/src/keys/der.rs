//! The little DER (X.690) that keys and signatures need: reading with bounds, writing what hosts want.

/// Reads elements off the front of a DER text.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next element: its tag, its content, and itself with tag and length.
    pub(crate) fn any(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let whole = self.0;
        let (tag, first, rest) = match whole {
            [tag, first, rest @ ..] => (*tag, *first, rest),
            _ => return None,
        };
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // Two bytes of length are 64 KiB: no key is larger.
            0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
            0x82 => {
                let (high, low) = (*rest.first()?, *rest.get(1)?);
                (usize::from(high) << 8 | usize::from(low), rest.get(2..)?)
            }
            _ => return None,
        };
        let (content, after) = rest.split_at_checked(length)?;
        self.0 = after;
        Some((tag, content, whole.get(..whole.len() - after.len())?))
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content, _) = self.any()?;
        (found == tag).then_some(content)
    }

    /// The next element as an unsigned integer, without leading zeros.
    pub(crate) fn unsigned(&mut self) -> Option<&'a [u8]> {
        let content = self.expect(INTEGER)?;
        (content.first()? & 0x80 == 0).then(|| without_zeros(content))
    }
}

/// INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// BIT STRING.
pub(crate) const BIT_STRING: u8 = 0x03;
/// OBJECT IDENTIFIER.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
/// SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;

/// `rsaEncryption` (RFC 8017 appendix C).
pub(crate) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// `id-ecPublicKey` (RFC 5480 §2.1.1).
pub(crate) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `id-Ed25519` (RFC 8410 §3).
pub(crate) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// An element with a tag and the parts of its content.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut text = vec![tag];
    match length {
        0..=0x7f => text.push(length as u8),
        0x80..=0xff => text.extend([0x81, length as u8]),
        _ => text.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    parts.iter().for_each(|part| text.extend_from_slice(part));
    text
}

/// An unsigned integer.
pub(crate) fn unsigned(number: &[u8]) -> Vec<u8> {
    let number = without_zeros(number);
    match number.first() {
        Some(first) if *first < 0x80 => element(INTEGER, &[number]),
        _ => element(INTEGER, &[&[0], number]),
    }
}

/// A SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of an algorithm, its parameters as DER, and the key's bits.
pub(crate) fn public_key_info(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = element(OBJECT_IDENTIFIER, &[algorithm]);
    element(
        SEQUENCE,
        &[
            &element(SEQUENCE, &[&algorithm, parameters]),
            &element(BIT_STRING, &[&[0], key]),
        ],
    )
}

/// An ECDSA signature as JWS has it, `r` and `s` side by side (RFC 7518 §3.4), as DER (RFC 3279 §2.2.3).
pub(crate) fn ecdsa_signature(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature
        .split_at_checked(signature.len() / 2)
        .unwrap_or_default();
    element(SEQUENCE, &[&unsigned(r), &unsigned(s)])
}

pub(crate) fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for length in [1, 127, 128, 255, 256, 65_000] {
            let content = vec![0x55; length];
            let text = element(SEQUENCE, &[&content]);
            assert_eq!(Reader(&text).expect(SEQUENCE), Some(&content[..]), "{length}");
            assert_eq!(Reader(&text[..text.len() - 1]).any(), None, "{length}, cut off");
        }
        assert_eq!(Reader(&unsigned(&[0, 0, 0x80])).unsigned(), Some(&[0x80][..]));
        assert_eq!(unsigned(&[0, 0]), [2, 1, 0]);
        assert_eq!(Reader(&[2, 1, 0x80]).unsigned(), None, "negative");
        assert_eq!(
            ecdsa_signature(&[0, 1, 0x80, 0]),
            [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]
        );
    }
}
