//! Arithmetic by an odd modulus (Montgomery's), for numbers that are public: nothing here takes constant time.

/// An odd modulus, in limbs of 32 bits, least first: Wasm multiplies those to 64 bits in one instruction.
pub(crate) struct Modulus {
    pub(crate) limbs: Vec<u32>,
    /// The negative inverse of the lowest limb, modulo 2³².
    inverse: u32,
    /// R² modulo the modulus, with R one more than the limbs can hold.
    square: Vec<u32>,
}

impl Modulus {
    pub(crate) fn new(limbs: Vec<u32>) -> Option<Self> {
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
        let one = one(modulus.limbs.len());
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

    /// A number below the modulus in Montgomery's form: times R.
    pub(crate) fn form(&self, number: &[u32]) -> Vec<u32> {
        self.product(number, &self.square)
    }

    /// The number that a form stands for.
    pub(crate) fn number(&self, form: &[u32]) -> Vec<u32> {
        self.product(form, &one(self.limbs.len()))
    }

    /// A form to the power of `exponent`, which isn't zero.
    pub(crate) fn power(&self, base: &[u32], exponent: &[u32]) -> Vec<u32> {
        let mut power: Option<Vec<u32>> = None;
        for bit in exponent
            .iter()
            .rev()
            .flat_map(|limb| (0..32).rev().map(move |bit| limb >> bit & 1))
        {
            power = power.map(|power| self.product(&power, &power));
            if bit == 1 {
                power = Some(power.map_or_else(|| base.to_vec(), |power| self.product(&power, base)));
            }
        }
        power.unwrap_or_default()
    }

    /// The inverse of a form, by a modulus that is prime (Fermat).
    pub(crate) fn inverse_of(&self, form: &[u32]) -> Vec<u32> {
        let mut exponent = self.limbs.clone();
        // No modulus here ends in 1, so nothing is borrowed.
        exponent
            .iter_mut()
            .take(1)
            .for_each(|limb| *limb = limb.wrapping_sub(2));
        self.power(form, &exponent)
    }

    pub(crate) fn sum(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let mut sum = a.to_vec();
        let carry = add_product(&mut sum, b, 1);
        self.reduced(sum, carry != 0)
    }

    pub(crate) fn difference(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let mut difference = a.to_vec();
        if subtract(&mut difference, b) {
            add_product(&mut difference, &self.limbs, 1);
        }
        difference
    }

    /// Montgomery's product: `a · b / R`, for factors below the modulus.
    pub(crate) fn product(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
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
    pub(crate) fn reduced(&self, mut number: Vec<u32>, overflows: bool) -> Vec<u32> {
        if overflows || !is_less(&number, &self.limbs) {
            subtract(&mut number, &self.limbs);
        }
        number
    }
}

/// Adds `a · factor` to `sum`; what doesn't fit.
pub(crate) fn add_product(sum: &mut [u32], a: &[u32], factor: u32) -> u32 {
    let mut carry = 0u64;
    for (sum, a) in sum.iter_mut().zip(a) {
        let total = u64::from(*sum) + u64::from(*a) * u64::from(factor) + carry;
        *sum = total as u32;
        carry = total >> 32;
    }
    carry as u32
}

/// Takes `b` off `a`, modulo what `a` can hold; whether it was more.
fn subtract(a: &mut [u32], b: &[u32]) -> bool {
    let mut borrow = 0i64;
    for (a, b) in a.iter_mut().zip(b) {
        let difference = i64::from(*a) - i64::from(*b) + borrow;
        *a = difference as u32;
        borrow = difference >> 32;
    }
    borrow != 0
}

/// Whether `a` is less than `b`, of the same length.
pub(crate) fn is_less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().cmp(b.iter().rev()).is_lt()
}

pub(crate) fn is_zero(number: &[u32]) -> bool {
    number.iter().all(|limb| *limb == 0)
}

/// The number one.
pub(crate) fn one(limbs: usize) -> Vec<u32> {
    let mut one = vec![0; limbs];
    one.iter_mut().take(1).for_each(|limb| *limb = 1);
    one
}

/// Limbs of a big-endian text.
pub(crate) fn from_bytes(bytes: &[u8]) -> Vec<u32> {
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
            let power = modulus.power(&modulus.form(&limbs(base)), &limbs(exponent));
            assert_eq!(modulus.number(&power), limbs(expected as u64), "{name}");
        }
    }
}
