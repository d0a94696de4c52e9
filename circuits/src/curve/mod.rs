//! The curve BN254 as the library has it, over fields whose products use what the processor offers.
//!
//! Everything above the prime fields is the library's generic code with the library's constants; only sums and products of the
//! coordinates and scalars are ours. Elements have the same Montgomery form in both, so that going over is free.

#[cfg(target_arch = "x86_64")]
mod adx;
mod fields;
mod groups;
mod limbs;
mod prime;

pub(crate) use self::fields::{Coordinate, Fq, Fq2, Fq6, Fq6Config, Fq12, Fr};
#[cfg(test)]
pub(crate) use self::groups::G2Projective;
pub(crate) use self::groups::{Curve, CurveParameters, FirstGroup, G1Affine, G1Projective, G2Affine, SecondGroup};
#[cfg(all(test, feature = "oracle"))]
pub(crate) use self::groups::{first_group, second_group};
pub(crate) use self::prime::{from_library, sum_of_products, to_library};
