//! The quotient polynomial of Groth16 as snarkjs defines it, so that its proving keys can be used.
//!
//! With `A`, `B`, `C` the polynomials that take the constraints' values on the domain, snarkjs' key wants `A·B - C` evaluated on the
//! odd points of the domain twice as fine, where the vanishing polynomial is the constant −2 that the key already contains.

use ark_ff::{AdditiveGroup, FftField, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::Zeroizing;

use crate::assignment::program::Assignment;
use crate::curve::Fr;

/// The domain of one circuit.
pub(crate) struct QuotientDomain {
    domain: Radix2EvaluationDomain<Fr>,
    /// Powers of the root of the finer domain, which move a polynomial from the points to the odd points.
    shift: Vec<Fr>,
}

impl QuotientDomain {
    /// The domain with `size` points; `None` unless `size` is a power of two the field has roots for.
    pub(crate) fn new(size: usize) -> Option<Self> {
        let domain = Radix2EvaluationDomain::<Fr>::new(size).filter(|domain| domain.size() == size)?;
        let root = Fr::get_root_of_unity(u64::try_from(size).ok()?.checked_mul(2)?)?;
        let mut shift = Vec::with_capacity(size);
        let mut power = Fr::ONE;
        for _ in 0..size {
            shift.push(power);
            power *= root;
        }
        Some(Self { domain, shift })
    }

    /// `A·B - C` on the odd points.
    pub(crate) fn quotient(&self, assignment: &Assignment, public_signals: usize) -> Zeroizing<Vec<Fr>> {
        let size = self.domain.size();
        let constraints = assignment.left.len();
        let mut a = Zeroizing::new(vec![Fr::ZERO; size]);
        let mut b = Zeroizing::new(vec![Fr::ZERO; size]);
        a[..constraints].copy_from_slice(&assignment.left);
        b[..constraints].copy_from_slice(&assignment.right);
        // One row per public signal (and the constant) makes the public part independent; its product is zero.
        a[constraints..=constraints + public_signals].copy_from_slice(&assignment.wires[..=public_signals]);
        let mut c = Zeroizing::new(a.iter().zip(b.iter()).map(|(a, b)| *a * b).collect::<Vec<_>>());

        rayon::join(|| rayon::join(|| self.move_to_odd_points(&mut a), || self.move_to_odd_points(&mut b)), || self.move_to_odd_points(&mut c));
        for ((a, b), c) in a.iter_mut().zip(b.iter()).zip(c.iter()) {
            *a *= b;
            *a -= c;
        }
        a
    }

    fn move_to_odd_points(&self, values: &mut Vec<Fr>) {
        self.domain.ifft_in_place(values);
        for (value, power) in values.iter_mut().zip(&self.shift) {
            *value *= power;
        }
        self.domain.fft_in_place(values);
    }
}
