//! RSA's public side (RFC 8017): one power by a small exponent, and what it must come to. Everything here is public,
//! so nothing needs constant time; the private side, and with it all that is hard about RSA, is not here.

use http_filter::Hash;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A public key with what Montgomery multiplication by its modulus needs.
pub(crate) struct RsaPublicKey {
    modulus: Modulus,
    exponent: u64,
    bits: usize,
}

impl RsaPublicKey {
    /// A key of an odd modulus and an odd exponent of at most 63 bits, big-endian, without leading zeros.
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let first = modulus.first().filter(|first| **first != 0)?;
        let exponent = exponent.iter().try_fold(0u64, |number, byte| {
            (number >> 55 == 0).then_some(number << 8 | u64::from(*byte))
        })?;
        let odd = modulus.last()? & 1 == 1 && exponent & 1 == 1;
        (odd && exponent > 1).then_some(())?;
        Some(Self {
            modulus: Modulus::new(from_bytes(modulus))?,
            exponent,
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
        let recovered = self.modulus.power(&number, self.exponent);
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

fn digest(hash: Hash, parts: &[&[u8]]) -> Vec<u8> {
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

/// An odd modulus, in limbs of 32 bits, least first: Wasm multiplies those to 64 bits in one instruction.
struct Modulus {
    limbs: Vec<u32>,
    /// The negative inverse of the lowest limb, modulo 2³².
    inverse: u32,
    /// R² modulo the modulus, with R one more than the limbs can hold.
    square: Vec<u32>,
}

impl Modulus {
    fn new(limbs: Vec<u32>) -> Option<Self> {
        let lowest = *limbs.first()?;
        // Newton's iteration doubles the bits that are right: 3, 6, 12, 24, 48.
        let inverse = (0..4).fold(lowest, |inverse, _| {
            inverse.wrapping_mul(2u32.wrapping_sub(lowest.wrapping_mul(inverse)))
        });
        let mut modulus = Self {
            inverse: inverse.wrapping_neg(),
            square: Vec::new(),
            limbs,
        };
        let bits = modulus.limbs.len() * 32;
        let mut one = vec![0; modulus.limbs.len()];
        *one.first_mut()? = 1;
        // R by doubling one; then two to the power of R's bits, in Montgomery's form, is R².
        let form_of_one = (0..bits).fold(one, |number, _| modulus.doubled(number));
        let mut square = form_of_one.clone();
        for bit in (0..usize::BITS - bits.leading_zeros()).rev() {
            square = modulus.product(&square, &square);
            if bits >> bit & 1 == 1 {
                square = modulus.doubled(square);
            }
        }
        modulus.square = square;
        Some(modulus)
    }

    /// `base` to the power of `exponent`.
    fn power(&self, base: &[u32], exponent: u64) -> Vec<u32> {
        let base = self.product(base, &self.square);
        let mut power = base.clone();
        for bit in (0..exponent.ilog2()).rev() {
            power = self.product(&power, &power);
            if exponent >> bit & 1 == 1 {
                power = self.product(&power, &base);
            }
        }
        let mut one = vec![0; self.limbs.len()];
        one.iter_mut().take(1).for_each(|limb| *limb = 1);
        self.product(&power, &one)
    }

    /// Montgomery's product: `a · b / R`, for factors below the modulus.
    fn product(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let mut sum = vec![0u32; self.limbs.len()];
        let mut above = 0u32;
        for factor in b {
            let carry = add_product(&mut sum, a, *factor);
            let top = u64::from(above) + u64::from(carry);
            let multiple = sum.first().map_or(0, |lowest| lowest.wrapping_mul(self.inverse));
            let carry = add_product(&mut sum, &self.limbs, multiple);
            // The lowest limb is zero now: the sum moves down by one.
            let top = top + u64::from(carry);
            sum.rotate_left(1);
            sum.iter_mut()
                .rev()
                .take(1)
                .for_each(|highest| *highest = top as u32);
            above = (top >> 32) as u32;
        }
        self.reduced(sum, above != 0)
    }

    fn doubled(&self, mut number: Vec<u32>) -> Vec<u32> {
        let mut carry = 0;
        for limb in &mut number {
            let next = *limb >> 31;
            *limb = *limb << 1 | carry;
            carry = next;
        }
        self.reduced(number, carry != 0)
    }

    /// The number less the modulus, where it isn't below it.
    fn reduced(&self, mut number: Vec<u32>, overflows: bool) -> Vec<u32> {
        if overflows || !is_less(&number, &self.limbs) {
            let mut borrow = 0i64;
            for (limb, less) in number.iter_mut().zip(&self.limbs) {
                let difference = i64::from(*limb) - i64::from(*less) + borrow;
                *limb = difference as u32;
                borrow = difference >> 32;
            }
        }
        number
    }
}

/// Adds `a · factor` to `sum`; what doesn't fit.
fn add_product(sum: &mut [u32], a: &[u32], factor: u32) -> u32 {
    let mut carry = 0u64;
    for (sum, a) in sum.iter_mut().zip(a) {
        let total = u64::from(*sum) + u64::from(*a) * u64::from(factor) + carry;
        *sum = total as u32;
        carry = total >> 32;
    }
    carry as u32
}

/// Whether `a` is less than `b`, of the same length.
fn is_less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().cmp(b.iter().rev()).is_lt()
}

fn from_bytes(bytes: &[u8]) -> Vec<u32> {
    bytes
        .rchunks(4)
        .map(|chunk| chunk.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_by_an_odd_modulus() {
        for (name, base, exponent, modulus) in [
            ("small", 5u64, 3u64, 97u64),
            ("two limbs", 0x1234_5678_9abc_def0, 65_537, 0xffff_ffff_ffff_ffc5),
            (
                "the largest base",
                0xffff_ffff_ffff_ffc4,
                65_537,
                0xffff_ffff_ffff_ffc5,
            ),
            ("zero", 0, 3, 0xffff_ffff_ffff_ffc5),
            ("a half-filled limb", 0x1_0000_0000, 65_537, 0x1_0000_0001),
            ("exponent of 33 bits", 7, (1 << 32) + 1, 0x8000_0000_0000_0003),
        ] {
            let mut expected = 1u128;
            let wide = u128::from(modulus);
            for bit in (0..64).rev() {
                expected = expected * expected % wide;
                if exponent >> bit & 1 == 1 {
                    expected = expected * u128::from(base) % wide;
                }
            }
            let limbs = |number: u64| vec![number as u32, (number >> 32) as u32];
            let modulus = Modulus::new(limbs(modulus)).unwrap();
            assert_eq!(
                modulus.power(&limbs(base), exponent),
                limbs(expected as u64),
                "{name}"
            );
        }
    }

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
