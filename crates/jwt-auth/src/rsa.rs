//! RSA's public side (RFC 8017): one power by a small exponent, and what it must come to. Everything here is public,
//! so nothing needs constant time; the private side, and with it all that is hard about RSA, is not here.

use crate::modular::{Modulus, from_bytes, is_less};
use http_filter::Hash;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A public key with what Montgomery multiplication by its modulus needs.
pub(crate) struct RsaPublicKey {
    modulus: Modulus,
    exponent: Vec<u32>,
    bits: usize,
}

impl RsaPublicKey {
    /// A key of an odd modulus and an odd exponent of at most 63 bits, big-endian, without leading zeros.
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let first = modulus.first().filter(|first| **first != 0)?;
        let odd = modulus.last()? & 1 == 1 && exponent.last()? & 1 == 1;
        (odd && exponent != [1] && exponent.len() <= 8).then_some(())?;
        Some(Self {
            modulus: Modulus::new(from_bytes(modulus))?,
            exponent: from_bytes(exponent),
            bits: modulus.len() * 8 - first.leading_zeros() as usize,
        })
    }

    /// RSASSA-PKCS1-v1_5 (§8.2.2): the encoded message is made anew and compared as a whole.
    pub(crate) fn verify_pkcs1(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let digest = digest(hash, &[message]);
        let (arc, length) = match hash {
            Hash::Sha256 => (1, 32),
            Hash::Sha384 => (2, 48),
            Hash::Sha512 => (3, 64),
        };
        // DigestInfo (§9.2, note 1): the name of the hash function, and the hash.
        let info = [
            0x30,
            0x11 + length,
            0x30,
            0x0d,
            0x06,
            0x09,
            0x60,
            0x86,
            0x48,
            0x01,
            0x65,
            0x03,
            0x04,
            0x02,
            arc,
            0x05,
            0x00,
            0x04,
            length,
        ];
        let Some(padding) = self
            .size()
            .checked_sub(3 + info.len() + digest.len())
            .filter(|length| *length >= 8)
        else {
            return false;
        };
        let expected = [&[0, 1][..], &vec![0xff; padding], &[0], &info, &digest].concat();
        self.recover(signature) == Some(expected)
    }

    /// RSASSA-PSS (§8.1.2), the mask by the same hash, the salt as long as the hash.
    pub(crate) fn verify_pss(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        self.recover(signature)
            .is_some_and(|encoded| is_pss_encoding(&encoded, self.bits - 1, hash, message) == Some(true))
    }

    /// RSAVP1 (§5.2.2), for a signature of exactly the modulus's length.
    fn recover(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let number = from_bytes(signature);
        (signature.len() == self.size() && is_less(&number, &self.modulus.limbs)).then_some(())?;
        let power = self.modulus.power(&self.modulus.form(&number), &self.exponent);
        let recovered = self.modulus.number(&power);
        let bytes: Vec<u8> = recovered
            .iter()
            .rev()
            .flat_map(|limb| limb.to_be_bytes())
            .collect();
        bytes.get(bytes.len() - self.size()..).map(<[u8]>::to_vec)
    }

    /// The length of the modulus in bytes.
    fn size(&self) -> usize {
        self.bits.div_ceil(8)
    }
}

/// EMSA-PSS-VERIFY (§9.1.2) of a message encoded in `bits` bits; `None` is an inconsistent one too.
fn is_pss_encoding(encoded: &[u8], bits: usize, hash: Hash, message: &[u8]) -> Option<bool> {
    let length = bits.div_ceil(8);
    // A modulus of a multiple of eight bits and one more has one byte more than the encoded message.
    let (above, encoded) = encoded.split_at_checked(encoded.len().checked_sub(length)?)?;
    let digest_of_message = digest(hash, &[message]);
    let hash_length = digest_of_message.len();
    let (body, last) = encoded.split_at_checked(length.checked_sub(1)?)?;
    let (masked, digest_of_salted) = body.split_at_checked(body.len().checked_sub(hash_length)?)?;
    let unused = 0xff_u8.checked_shl((8 - (8 * length - bits)) as u32).unwrap_or(0);
    if last != [0xbc] || above.iter().any(|byte| *byte != 0) || masked.first()? & unused != 0 {
        return None;
    }
    let mut data: Vec<u8> = masked.to_vec();
    let blocks = (0u32..).flat_map(|counter| digest(hash, &[digest_of_salted, &counter.to_be_bytes()]));
    data.iter_mut().zip(blocks).for_each(|(byte, mask)| *byte ^= mask);
    *data.first_mut()? &= !unused;
    let (padding, salt) = data.split_at_checked(data.len().checked_sub(hash_length)?)?;
    let (one, zeros) = padding.split_last()?;
    if *one != 1 || zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some(digest(hash, &[&[0; 8], &digest_of_message, salt]) == digest_of_salted)
}

/// The hash of the parts, one after the other.
pub(crate) fn digest(hash: Hash, parts: &[&[u8]]) -> Vec<u8> {
    fn of<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
        let mut hash = D::new();
        parts.iter().for_each(|part| hash.update(part));
        hash.finalize().to_vec()
    }
    match hash {
        Hash::Sha256 => of::<Sha256>(parts),
        Hash::Sha384 => of::<Sha384>(parts),
        Hash::Sha512 => of::<Sha512>(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_none() {
        for (name, modulus, exponent) in [
            ("even", &[0x80, 2][..], &[3][..]),
            ("leading zero", &[0, 3], &[3]),
            ("nothing", &[], &[3]),
            ("exponent of one", &[0x81], &[1]),
            ("even exponent", &[0x81], &[2]),
            ("exponent too large", &[0x81], &[1, 1, 1, 1, 1, 1, 1, 1, 1]),
        ] {
            assert!(RsaPublicKey::new(modulus, exponent).is_none(), "{name}");
        }
    }
}
