//! ECDSA verification (FIPS 186-5 §6.4.2) on the NIST curves. All numbers are public, so nothing needs constant time;
//! signing, which does, is not here.

use crate::{
    key::Curve,
    modular::{Modulus, from_bytes, is_less, is_zero},
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

/// A point in Jacobian coordinates, `(x / z², y / z³)`, as Montgomery's forms; the point at infinity has no `z`.
#[derive(Clone)]
struct Point {
    x: Vec<u32>,
    y: Vec<u32>,
    z: Vec<u32>,
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

/// Whether `y² = x³ - 3x + b`, for a point whose `z` is one.
fn is_on_curve(field: &Modulus, point: &Point, b: &[u32]) -> bool {
    let square = field.product(&point.x, &point.x);
    let cube = field.product(&square, &point.x);
    let triple = field.sum(&field.sum(&point.x, &point.x), &point.x);
    let right = field.sum(&field.difference(&cube, &triple), b);
    field.product(&point.y, &point.y) == right
}

impl Point {
    fn infinity(limbs: usize) -> Self {
        Self {
            x: vec![0; limbs],
            y: vec![0; limbs],
            z: vec![0; limbs],
        }
    }

    /// Twice the point, on a curve whose `a` is -3 (dbl-2001-b). Infinity stays infinity.
    fn doubled(&self, field: &Modulus) -> Self {
        let delta = field.product(&self.z, &self.z);
        let gamma = field.product(&self.y, &self.y);
        let beta = field.product(&self.x, &gamma);
        let slope = field.product(&field.difference(&self.x, &delta), &field.sum(&self.x, &delta));
        let alpha = field.sum(&field.sum(&slope, &slope), &slope);
        let twice = |number: &[u32]| field.sum(number, number);
        let four_beta = twice(&twice(&beta));
        let x = field.difference(&field.product(&alpha, &alpha), &twice(&four_beta));
        let sum = field.sum(&self.y, &self.z);
        let z = field.difference(&field.difference(&field.product(&sum, &sum), &gamma), &delta);
        let eight_gamma = twice(&twice(&twice(&field.product(&gamma, &gamma))));
        let y = field.difference(
            &field.product(&alpha, &field.difference(&four_beta, &x)),
            &eight_gamma,
        );
        Self { x, y, z }
    }

    /// The sum of two points, whichever they are.
    fn plus(&self, other: &Self, field: &Modulus) -> Self {
        if is_zero(&self.z) {
            return other.clone();
        }
        if is_zero(&other.z) {
            return self.clone();
        }
        let (own_square, other_square) = (field.product(&self.z, &self.z), field.product(&other.z, &other.z));
        let own_x = field.product(&self.x, &other_square);
        let other_x = field.product(&other.x, &own_square);
        let own_y = field.product(&field.product(&self.y, &other.z), &other_square);
        let other_y = field.product(&field.product(&other.y, &self.z), &own_square);
        let (run, rise) = (
            field.difference(&other_x, &own_x),
            field.difference(&other_y, &own_y),
        );
        if is_zero(&run) {
            // The same point, or the one opposite.
            return if is_zero(&rise) {
                self.doubled(field)
            } else {
                Self::infinity(run.len())
            };
        }
        let square = field.product(&run, &run);
        let cube = field.product(&square, &run);
        let middle = field.product(&own_x, &square);
        let x = field.difference(
            &field.difference(&field.product(&rise, &rise), &cube),
            &field.sum(&middle, &middle),
        );
        let y = field.difference(
            &field.product(&rise, &field.difference(&middle, &x)),
            &field.product(&own_y, &cube),
        );
        let z = field.product(&run, &field.product(&self.z, &other.z));
        Self { x, y, z }
    }
}

fn one(limbs: usize) -> Vec<u32> {
    let mut one = vec![0; limbs];
    one.iter_mut().take(1).for_each(|limb| *limb = 1);
    one
}

/// A curve's parameters (FIPS 186-5, NIST SP 800-186 §3.2.1).
struct Parameters {
    prime: Vec<u32>,
    order: Vec<u32>,
    b: Vec<u32>,
    generator: (Vec<u32>, Vec<u32>),
}

fn parameters(curve: Curve) -> Parameters {
    let [prime, order, b, x, y] = match curve {
        Curve::P256 => P256,
        Curve::P384 => P384,
        Curve::P521 => P521,
    }
    .map(|text| from_hex(text, curve.size().div_ceil(4)));
    Parameters {
        prime,
        order,
        b,
        generator: (x, y),
    }
}

fn from_hex(text: &str, limbs: usize) -> Vec<u32> {
    let mut number = vec![0u32; limbs];
    for (digit, at) in text.bytes().rev().zip(0..) {
        let digit = char::from(digit).to_digit(16).unwrap_or_default();
        if let Some(limb) = number.get_mut(at / 8) {
            *limb |= digit << (at % 8 * 4);
        }
    }
    number
}

const P256: [&str; 5] = [
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
];
const P384: [&str; 5] = [
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
];
const P521: [&str; 5] = [
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
];

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

    #[test]
    fn the_group_law_at_its_corners() {
        for curve in [Curve::P256, Curve::P384, Curve::P521] {
            let Parameters {
                prime,
                order,
                generator: (x, y),
                ..
            } = parameters(curve);
            let field = Modulus::new(prime).unwrap();
            let limbs = field.limbs.len();
            let generator = Point {
                x: field.form(&x),
                y: field.form(&y),
                z: field.form(&one(limbs)),
            };
            let opposite = Point {
                y: field.difference(&vec![0; limbs], &generator.y),
                ..generator.clone()
            };
            let infinity = Point::infinity(limbs);
            assert!(
                is_zero(&generator.plus(&opposite, &field).z),
                "{curve:?}: opposite"
            );
            assert!(
                is_zero(&infinity.doubled(&field).z),
                "{curve:?}: infinity doubled"
            );
            assert!(
                is_zero(&infinity.plus(&infinity, &field).z),
                "{curve:?}: infinity added"
            );
            let same = |a: &Point, b: &Point| {
                is_zero(
                    &a.plus(
                        &Point {
                            y: field.difference(&vec![0; limbs], &b.y),
                            ..b.clone()
                        },
                        &field,
                    )
                    .z,
                )
            };
            assert!(
                same(&generator.plus(&generator, &field), &generator.doubled(&field)),
                "{curve:?}: added to itself"
            );
            // The order times the generator is infinity.
            let mut sum = infinity;
            for bit in order
                .iter()
                .rev()
                .flat_map(|limb| (0..32).rev().map(move |bit| limb >> bit & 1))
            {
                sum = sum.doubled(&field);
                if bit == 1 {
                    sum = sum.plus(&generator, &field);
                }
            }
            assert!(is_zero(&sum.z), "{curve:?}: order");
        }
    }
}
