//! Numbers of four limbs below a modulus: sums and differences without branches, which random numbers make unpredictable.

/// 256 bits, least significant limb first.
pub(super) type Limbs = [u64; 4];

/// A modulus below 2²⁵⁴ and `−1/modulus` modulo 2⁶⁴, in this order in memory.
#[repr(C)]
pub(super) struct Modulus {
    pub(super) limbs: Limbs,
    pub(super) inverse: u64,
}

impl Modulus {
    /// `a + b`
    #[inline]
    pub(super) fn add(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let (sum, _) = add(a, b);
        let (reduced, borrow) = subtract(&sum, &self.limbs);
        select(borrow, &sum, &reduced)
    }

    /// `a - b`
    #[inline]
    pub(super) fn subtract(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let (difference, borrow) = subtract(a, b);
        let mask = u64::from(borrow).wrapping_neg();
        let [m0, m1, m2, m3] = self.limbs;
        add(&difference, &[m0 & mask, m1 & mask, m2 & mask, m3 & mask]).0
    }

    /// `9a + b`, by one division with an estimated quotient.
    #[inline]
    pub(super) fn nine_times_plus(&self, a: &Limbs, b: &Limbs) -> Limbs {
        let (value, above) = multiply_add(a, 9, b);
        // The value is below ten times the modulus, so that its part from bit 248 on is below 2¹⁰. The product of that with the
        // reciprocal is at most the quotient, and above the quotient less 1.1: what remains is below twice the modulus.
        let top = above << 8 | value[3] >> 56;
        let quotient = (top * self.reciprocal()) >> 32;
        let (multiple, _) = multiply_add(&self.limbs, quotient, &[0; 4]);
        let (rest, _) = subtract(&value, &multiple);
        let (reduced, borrow) = subtract(&rest, &self.limbs);
        select(borrow, &rest, &reduced)
    }

    /// `2³² · 2²⁴⁸ / modulus`, or a little less.
    #[inline]
    fn reciprocal(&self) -> u64 {
        (1 << 63) / (self.limbs[3] / (1 << 25) + 1)
    }
}

#[inline]
fn add(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, carry) = a[0].overflowing_add(b[0]);
    let (r1, carry) = a[1].carrying_add(b[1], carry);
    let (r2, carry) = a[2].carrying_add(b[2], carry);
    let (r3, carry) = a[3].carrying_add(b[3], carry);
    ([r0, r1, r2, r3], carry)
}

#[inline]
fn subtract(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, borrow) = a[0].overflowing_sub(b[0]);
    let (r1, borrow) = a[1].borrowing_sub(b[1], borrow);
    let (r2, borrow) = a[2].borrowing_sub(b[2], borrow);
    let (r3, borrow) = a[3].borrowing_sub(b[3], borrow);
    ([r0, r1, r2, r3], borrow)
}

/// `a · factor + b`, and its fifth limb.
#[inline]
fn multiply_add(a: &Limbs, factor: u64, b: &Limbs) -> (Limbs, u64) {
    let (r0, carry) = a[0].carrying_mul(factor, b[0]);
    let (r1, carry) = a[1].carrying_mul_add(factor, b[1], carry);
    let (r2, carry) = a[2].carrying_mul_add(factor, b[2], carry);
    let (r3, carry) = a[3].carrying_mul_add(factor, b[3], carry);
    ([r0, r1, r2, r3], carry)
}

#[inline]
fn select(first: bool, a: &Limbs, b: &Limbs) -> Limbs {
    let mask = u64::from(first).wrapping_neg();
    [b[0] ^ (mask & (a[0] ^ b[0])), b[1] ^ (mask & (a[1] ^ b[1])), b[2] ^ (mask & (a[2] ^ b[2])), b[3] ^ (mask & (a[3] ^ b[3]))]
}
