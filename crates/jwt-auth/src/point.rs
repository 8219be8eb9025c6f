use crate::modular::{Modulus, is_zero};

/// A point in Jacobian coordinates, `(x / z², y / z³)`, as Montgomery's forms; the point at infinity has no `z`.
#[derive(Clone)]
pub(crate) struct Point {
    pub(crate) x: Vec<u32>,
    pub(crate) y: Vec<u32>,
    pub(crate) z: Vec<u32>,
}

/// Whether `y² = x³ - 3x + b`, for a point whose `z` is one.
pub(crate) fn is_on_curve(field: &Modulus, point: &Point, b: &[u32]) -> bool {
    let square = field.product(&point.x, &point.x);
    let cube = field.product(&square, &point.x);
    let triple = field.sum(&field.sum(&point.x, &point.x), &point.x);
    let right = field.sum(&field.difference(&cube, &triple), b);
    field.product(&point.y, &point.y) == right
}

impl Point {
    pub(crate) fn infinity(limbs: usize) -> Self {
        Self {
            x: vec![0; limbs],
            y: vec![0; limbs],
            z: vec![0; limbs],
        }
    }

    /// Twice the point, on a curve whose `a` is -3 (dbl-2001-b). Infinity stays infinity.
    pub(crate) fn doubled(&self, field: &Modulus) -> Self {
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
    pub(crate) fn plus(&self, other: &Self, field: &Modulus) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        curve::{Curve, Parameters, parameters},
        modular::one,
    };

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
