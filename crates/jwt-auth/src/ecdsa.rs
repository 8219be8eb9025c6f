//! ECDSA verification (FIPS 186-5 §6.4.2) on the NIST curves. All numbers are public, so nothing needs constant time;
//! signing, which does, is not here.

use crate::{
    curve::{Curve, parameters},
    modular::{Modulus, from_bytes, is_less, is_zero, one},
    point::{Point, is_on_curve},
};
use http_filter::Hash;

/// A point of a curve, with what verification needs.
pub(crate) struct EcPublicKey {
    size: usize,
    hash: Hash,
    field: Modulus,
    order: Modulus,
    /// `i` times the generator and `j` times the key, at `4 · i + j`.
    multiples: Vec<Point>,
}

impl EcPublicKey {
    /// A key as an uncompressed point (SEC 1 §2.3.3); `None` where it's none of this curve.
    pub(crate) fn new(curve: Curve, hash: Hash, point: &[u8]) -> Option<Self> {
        let parameters = parameters(curve);
        let (field, order) = (Modulus::new(parameters.prime)?, Modulus::new(parameters.order)?);
        let point = point.strip_prefix(&[4])?;
        (point.len() == 2 * curve.size()).then_some(())?;
        let (x, y) = point.split_at_checked(curve.size())?;
        let (x, y) = (from_bytes(x), from_bytes(y));
        (is_less(&x, &field.limbs) && is_less(&y, &field.limbs)).then_some(())?;
        let one = field.form(&one(field.limbs.len()));
        let affine = |x: &[u32], y: &[u32]| Point {
            x: field.form(x),
            y: field.form(y),
            z: one.clone(),
        };
        let key = affine(&x, &y);
        is_on_curve(&field, &key, &field.form(&parameters.b)).then_some(())?;
        let (x, y) = parameters.generator;
        let multiples = multiples(&field, &affine(&x, &y), &key);
        Some(Self {
            size: curve.size(),
            hash,
            field,
            order,
            multiples,
        })
    }

    /// Verifies a signature as JWS has it: `r` and `s` side by side (RFC 7518 §3.4).
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        if signature.len() != 2 * self.size {
            return false;
        }
        let (r, s) = signature.split_at_checked(self.size).unwrap_or_default();
        let (r, s) = (from_bytes(r), from_bytes(s));
        let in_range = |number: &[u32]| !is_zero(number) && is_less(number, &self.order.limbs);
        if !in_range(&r) || !in_range(&s) {
            return false;
        }
        // The hash is never longer than the order, on any of these curves with its own hash function.
        let mut digest = from_bytes(&crate::rsa::digest(self.hash, &[message]));
        digest.resize(self.order.limbs.len(), 0);
        let digest = self.order.reduced(digest, false);
        // Out of Montgomery's form by the product itself: one factor has R, the other hasn't.
        let inverse = self.order.inverse_of(&self.order.form(&s));
        let point = self.combination(
            &self.order.product(&digest, &inverse),
            &self.order.product(&r, &inverse),
        );
        self.has_abscissa(&point, &r)
    }

    /// `a` times the generator and `b` times the key: two bits of both at a time.
    fn combination(&self, a: &[u32], b: &[u32]) -> Point {
        let mut sum = Point::infinity(self.field.limbs.len());
        for (a, b) in a.iter().zip(b).rev() {
            for shift in (0..32).step_by(2).rev() {
                sum = sum.doubled(&self.field).doubled(&self.field);
                let index = (a >> shift & 3) << 2 | b >> shift & 3;
                if let (1.., Some(multiple)) = (index, self.multiples.get(index as usize)) {
                    sum = sum.plus(multiple, &self.field);
                }
            }
        }
        sum
    }

    /// Whether the point's `x`, by the order, is `r`: compared times `z²`, which spares an inversion.
    fn has_abscissa(&self, point: &Point, r: &[u32]) -> bool {
        if is_zero(&point.z) {
            return false;
        }
        let square = self.field.product(&point.z, &point.z);
        let is = |x: &[u32]| self.field.product(&self.field.form(x), &square) == point.x;
        if is(r) {
            return true;
        }
        // `x` may have been as large as the prime, and that is more than the order.
        let mut larger = r.to_vec();
        let carry = crate::modular::add_product(&mut larger, &self.order.limbs, 1);
        carry == 0 && is_less(&larger, &self.field.limbs) && is(&larger)
    }
}

/// Sixteen sums of up to three times each point.
fn multiples(field: &Modulus, generator: &Point, key: &Point) -> Vec<Point> {
    let mut multiples = Vec::with_capacity(16);
    let mut row = Point::infinity(field.limbs.len());
    for _ in 0..4 {
        let mut sum = row.clone();
        for _ in 0..4 {
            multiples.push(sum.clone());
            sum = sum.plus(key, field);
        }
        row = row.plus(generator, field);
    }
    multiples
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::{Signer, Verifier};

    /// Keys, messages and tampered signatures by the dozen: the verdict is that of RustCrypto's crates.
    macro_rules! agrees {
        ($name:ident, $crate_name:ident, $curve:expr, $hash:expr, $size:literal) => {
            #[test]
            fn $name() {
                use $crate_name::ecdsa::{Signature, SigningKey};
                for number in 1..8u8 {
                    let mut secret = [number; $size];
                    secret[0] = 0;
                    let signer = SigningKey::from_slice(&secret).unwrap();
                    let theirs = signer.verifying_key();
                    let point = theirs.to_sec1_point(false);
                    let ours = EcPublicKey::new($curve, $hash, point.as_bytes()).unwrap();
                    let message = vec![number; usize::from(number) * 13];
                    let signature: Signature = signer.sign(&message);
                    let signature = signature.to_bytes().to_vec();
                    assert!(ours.verify(&message, &signature), "{number}");
                    assert!(!ours.verify(b"another", &signature), "{number}");
                    for at in [0, 1, $size - 1, $size, 2 * $size - 1] {
                        let mut tampered = signature.clone();
                        tampered[at] ^= 1 << (number % 8);
                        let expected = Signature::from_slice(&tampered)
                            .is_ok_and(|signature| theirs.verify(&message, &signature).is_ok());
                        assert_eq!(
                            ours.verify(&message, &tampered),
                            expected,
                            "{number} at {at}"
                        );
                    }
                    let mut off = point.as_bytes().to_vec();
                    off[$size] ^= 1;
                    assert!(
                        EcPublicKey::new($curve, $hash, &off).is_none(),
                        "off the curve"
                    );
                }
            }
        };
    }
    agrees!(p256_as_others, p256, Curve::P256, Hash::Sha256, 32);
    agrees!(p384_as_others, p384, Curve::P384, Hash::Sha384, 48);
    agrees!(p521_as_others, p521, Curve::P521, Hash::Sha512, 66);
}
