//! The prime fields with this processor's fastest products.

use core::marker::PhantomData;

use ark_ff::{BigInt, Fp, Fp256, MontBackend, MontConfig};

#[cfg(target_arch = "x86_64")]
use super::adx::Adx;
#[cfg(target_arch = "x86_64")]
use super::limbs::Limbs;
use super::limbs::Modulus;

/// The prime field of one of the library's configurations: same modulus, same Montgomery form, other products.
pub(crate) struct Accelerated<Library>(PhantomData<Library>);

/// An element of the library's field is the same number here.
pub(crate) const fn from_library<Library: MontConfig<4>>(value: &Fp256<MontBackend<Library, 4>>) -> Fp256<MontBackend<Accelerated<Library>, 4>> {
    Fp::new_unchecked(value.0)
}

/// And back.
pub(crate) const fn to_library<Library: MontConfig<4>>(value: &Fp256<MontBackend<Accelerated<Library>, 4>>) -> Fp256<MontBackend<Library, 4>> {
    Fp::new_unchecked(value.0)
}

type Element<Library> = Fp256<MontBackend<Accelerated<Library>, 4>>;

impl<Library: MontConfig<4>> Accelerated<Library> {
    const PARAMETERS: &'static Modulus = {
        // What the sums of two products in `Adx` rely on.
        assert!(Library::MODULUS.0[3] >> 62 == 0, "the modulus has two spare bits");
        &Modulus { limbs: Library::MODULUS.0, inverse: Library::INV }
    };

    /// Out of the way where it is the exception, so that the product used stays small.
    #[cfg_attr(target_arch = "x86_64", inline(never))]
    fn multiply_portably(a: &Element<Library>, b: &Element<Library>) -> Element<Library> {
        from_library(&(to_library(a) * to_library(b)))
    }

    #[cfg_attr(target_arch = "x86_64", inline(never))]
    fn square_portably(a: &Element<Library>) -> Element<Library> {
        let mut value = to_library(a);
        Library::square_in_place(&mut value);
        from_library(&value)
    }

    #[cfg_attr(target_arch = "x86_64", inline(never))]
    fn sum_of_products_portably<const M: usize>(a: &[Element<Library>; M], b: &[Element<Library>; M]) -> Element<Library> {
        from_library(&Library::sum_of_products(&a.each_ref().map(to_library), &b.each_ref().map(to_library)))
    }
}

impl<Library: MontConfig<4>> MontConfig<4> for Accelerated<Library> {
    const MODULUS: BigInt<4> = Library::MODULUS;
    const GENERATOR: Element<Library> = from_library(&Library::GENERATOR);
    const TWO_ADIC_ROOT_OF_UNITY: Element<Library> = from_library(&Library::TWO_ADIC_ROOT_OF_UNITY);

    #[inline]
    fn add_assign(a: &mut Element<Library>, b: &Element<Library>) {
        a.0.0 = Self::PARAMETERS.add(&a.0.0, &b.0.0);
    }

    #[inline]
    fn sub_assign(a: &mut Element<Library>, b: &Element<Library>) {
        a.0.0 = Self::PARAMETERS.subtract(&a.0.0, &b.0.0);
    }

    #[inline]
    fn double_in_place(a: &mut Element<Library>) {
        a.0.0 = Self::PARAMETERS.add(&a.0.0, &a.0.0);
    }

    #[inline]
    fn neg_in_place(a: &mut Element<Library>) {
        a.0.0 = Self::PARAMETERS.subtract(&[0; 4], &a.0.0);
    }

    #[inline]
    fn mul_assign(a: &mut Element<Library>, b: &Element<Library>) {
        #[cfg(target_arch = "x86_64")]
        if let Some(adx) = Adx::detect() {
            a.0.0 = adx.multiply(&a.0.0, &b.0.0, Self::PARAMETERS);
            return;
        }
        *a = Self::multiply_portably(a, b);
    }

    #[inline]
    fn square_in_place(a: &mut Element<Library>) {
        #[cfg(target_arch = "x86_64")]
        if let Some(adx) = Adx::detect() {
            a.0.0 = adx.multiply(&a.0.0, &a.0.0, Self::PARAMETERS);
            return;
        }
        *a = Self::square_portably(a);
    }

    #[inline]
    fn sum_of_products<const M: usize>(a: &[Element<Library>; M], b: &[Element<Library>; M]) -> Element<Library> {
        sum_of_products(a.each_ref(), b.each_ref())
    }
}

/// `Σ aᵢ·bᵢ`, with one reduction where the processor's products are used and there are no more than four.
#[inline]
pub(crate) fn sum_of_products<Library: MontConfig<4>, const M: usize>(a: [&Element<Library>; M], b: [&Element<Library>; M]) -> Element<Library> {
    #[cfg(target_arch = "x86_64")]
    if let Some(adx) = Adx::detect()
        && let Some(sum) = adx.sum_of_products(a.map(limbs), b.map(limbs), Accelerated::<Library>::PARAMETERS)
    {
        return Fp::new_unchecked(BigInt(sum));
    }
    Accelerated::sum_of_products_portably(&a.map(|value| *value), &b.map(|value| *value))
}

/// `9a + b`
#[inline]
pub(crate) fn nine_times_plus<Library: MontConfig<4>>(a: &Element<Library>, b: &Element<Library>) -> Element<Library> {
    Fp::new_unchecked(BigInt(Accelerated::<Library>::PARAMETERS.nine_times_plus(&a.0.0, &b.0.0)))
}

#[cfg(target_arch = "x86_64")]
fn limbs<Library: MontConfig<4>>(value: &Element<Library>) -> &Limbs {
    &value.0.0
}

#[cfg(test)]
mod tests {
    use ark_bn254 as library;
    use ark_ff::{AdditiveGroup, BigInteger, UniformRand};

    use super::*;

    /// Numbers near the ends, near powers of two, and random ones, as limbs in Montgomery form.
    fn numbers<Library: MontConfig<4>>() -> Vec<Fp256<MontBackend<Library, 4>>> {
        let mut rng = ark_std::test_rng();
        let mut limbs = vec![[0; 4], [1, 0, 0, 0], [u64::MAX, u64::MAX, u64::MAX, 0]];
        for back in 1..4u64 {
            let mut number = Library::MODULUS;
            number.sub_with_borrow(&BigInt::from(back));
            limbs.push(number.0);
        }
        for index in 0..4 {
            let mut number = [0; 4];
            number[index] = 1 << 60;
            limbs.push(number);
            number[..index].fill(u64::MAX);
            limbs.push(number);
            let mut number = Library::MODULUS.0;
            number[index] >>= 1;
            limbs.push(number);
        }
        let edges = limbs.into_iter().map(|limbs| Fp::new_unchecked(BigInt(limbs)));
        edges.chain((0..200).map(|_| Fp256::rand(&mut rng))).collect()
    }

    fn check<Library: MontConfig<4>>() {
        let numbers = numbers::<Library>();
        for (index, a) in numbers.iter().enumerate() {
            assert!(a.0 < Library::MODULUS, "the test's numbers are reduced");
            let own = from_library(a);
            let c = numbers[(index * 7 + 3) % numbers.len()];
            assert_eq!(to_library(&-own), -*a);
            assert_eq!(to_library(&own.double()), a.double());
            assert_eq!(to_library(&ark_ff::Field::square(&own)), ark_ff::Field::square(a));
            assert_eq!(Accelerated::<Library>::square_portably(&own), ark_ff::Field::square(&own));
            for b in &numbers {
                let other = from_library(b);
                assert_eq!(to_library(&(own + other)), *a + b);
                assert_eq!(to_library(&(own - other)), *a - b);
                assert_eq!(to_library(&(own * other)), *a * b);
                assert_eq!(to_library(&nine_times_plus(&own, &other)), a.double().double().double() + a + b);
                assert_eq!(Accelerated::<Library>::multiply_portably(&own, &other), own * other);
                let pair = ([own, from_library(&c)], [other, -own]);
                assert_eq!(to_library(&Accelerated::sum_of_products(&pair.0, &pair.1)), *a * b - c * a);
                assert_eq!(Accelerated::sum_of_products_portably(&pair.0, &pair.1), Accelerated::sum_of_products(&pair.0, &pair.1));
                let three = ([own, other, own], [other, other, own]);
                assert_eq!(to_library(&Accelerated::sum_of_products(&three.0, &three.1)), *a * b + *b * b + *a * a);
                let four = ([own, other, own, from_library(&c)], [other, other, own, own]);
                assert_eq!(to_library(&Accelerated::sum_of_products(&four.0, &four.1)), *a * b + *b * b + *a * a + c * a);
                let five = ([own, other, own, other, own], [other, other, own, own, own]);
                assert_eq!(to_library(&Accelerated::sum_of_products(&five.0, &five.1)), (*a * b).double() + *b * b + (*a * a).double());
            }
        }
    }

    #[test]
    fn sums_and_products_are_the_library_s() {
        check::<library::FqConfig>();
        check::<library::FrConfig>();
    }
}
