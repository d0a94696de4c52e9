//! The proving key, read straight from the `.zkey` of snarkjs.
//!
//! Points are taken unchecked: the file's SHA-256 was compared with its pin before, and checking 40,000 points costs half a second.
//! Skipped are the constraint coefficients, which the witness program carries, and what the prover does without: beta, delta and
//! `b_i(τ)` in the first group.

use ark_ff::{AdditiveGroup, BigInt, PrimeField};

use crate::binary::{Malformed, Reader, SectionFile};
use crate::curve::{Fq, Fq2, Fr, G1Affine, G2Affine};

const GROTH16: u32 = 1;

/// The group elements of a Groth16 proving key.
pub(crate) struct ProvingKey {
    pub(crate) alpha_g1: G1Affine,
    pub(crate) beta_g2: G2Affine,
    pub(crate) delta_g2: G2Affine,
    /// Per wire: `a_i(τ)`.
    pub(crate) a: Vec<G1Affine>,
    /// Per wire: `b_i(τ)`.
    pub(crate) b_g2: Vec<G2Affine>,
    /// Per private wire: `(β a_i(τ) + α b_i(τ) + c_i(τ)) / δ`.
    pub(crate) private: Vec<G1Affine>,
    /// The quotient's points, in the evaluation basis snarkjs uses.
    pub(crate) quotient: Vec<G1Affine>,
    pub(crate) public_signals: usize,
}

impl ProvingKey {
    /// Reads a `.zkey` file whose pin was checked.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let file = SectionFile::parse(bytes, *b"zkey", 1)?;
        let mut kind = file.section(1)?;
        if kind.u32()? != GROTH16 {
            return Err(Malformed("it is not a groth16 key"));
        }
        kind.end()?;

        let mut header = file.section(2)?;
        if header.u32()? != 32 || header.limbs()? != Fq::MODULUS.0 || header.u32()? != 32 || header.limbs()? != Fr::MODULUS.0 {
            return Err(Malformed("it is over another curve"));
        }
        let wires = header.index()?;
        let public_signals = header.index()?;
        let domain_size = header.index()?;
        let alpha_g1 = first_group(&mut header)?;
        header.take(64)?; // beta in the first group, which this prover does without
        let beta_g2 = second_group(&mut header)?;
        header.take(128)?; // gamma, which only a verifier needs
        header.take(64)?; // delta in the first group, likewise
        let delta_g2 = second_group(&mut header)?;
        header.end()?;

        let private_wires =
            wires.checked_sub(public_signals).and_then(|wires| wires.checked_sub(1)).ok_or(Malformed("it has fewer wires than public signals"))?;
        if !domain_size.is_power_of_two() {
            return Err(Malformed("its domain is not a power of two"));
        }
        Ok(Self {
            alpha_g1,
            beta_g2,
            delta_g2,
            a: points(file.section(5)?, wires, 64, first_group)?,
            b_g2: points(file.section(7)?, wires, 128, second_group)?,
            private: points(file.section(8)?, private_wires, 64, first_group)?,
            quotient: points(file.section(9)?, domain_size, 64, first_group)?,
            public_signals,
        })
    }
}

/// A whole section of points; its length is checked first, so that a count in the file cannot make us reserve more than the file holds.
fn points<P>(mut section: Reader<'_>, count: usize, size: usize, read: fn(&mut Reader<'_>) -> Result<P, Malformed>) -> Result<Vec<P>, Malformed> {
    if count.checked_mul(size) != Some(section.remaining()) {
        return Err(Malformed("a section of points has the wrong length"));
    }
    let mut points = Vec::with_capacity(count);
    for _ in 0..count {
        points.push(read(&mut section)?);
    }
    Ok(points)
}

/// A coordinate is stored in Montgomery form already.
fn coordinate(reader: &mut Reader<'_>) -> Result<Fq, Malformed> {
    let value = BigInt(reader.limbs()?);
    if value >= Fq::MODULUS { Err(Malformed("a coordinate is not canonical")) } else { Ok(Fq::new_unchecked(value)) }
}

/// The identity is stored as zeros.
fn first_group(reader: &mut Reader<'_>) -> Result<G1Affine, Malformed> {
    let (x, y) = (coordinate(reader)?, coordinate(reader)?);
    Ok(if x == Fq::ZERO && y == Fq::ZERO { G1Affine::identity() } else { G1Affine::new_unchecked(x, y) })
}

fn second_group(reader: &mut Reader<'_>) -> Result<G2Affine, Malformed> {
    let x = Fq2::new(coordinate(reader)?, coordinate(reader)?);
    let y = Fq2::new(coordinate(reader)?, coordinate(reader)?);
    Ok(if x == Fq2::ZERO && y == Fq2::ZERO { G2Affine::identity() } else { G2Affine::new_unchecked(x, y) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &[u8] = include_bytes!("../../artifacts/claims_v1.zkey");

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        for length in (0..FILE.len()).step_by(99_991).chain(0..2000) {
            assert!(ProvingKey::parse(&FILE[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_header_that_promises_more_than_the_file_holds_is_refused() {
        // Wires, public signals and domain size, after magic, version, count, first section, and the primes of the second.
        let counts = 12 + 12 + 4 + 12 + 36 + 36;
        for offset in [counts, counts + 4, counts + 8] {
            let mut bytes = FILE.to_vec();
            bytes[offset..offset + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            assert!(ProvingKey::parse(&bytes).is_err(), "{offset}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn changed_bytes_never_panic(offset in 0..4096usize, byte: u8) {
            let mut bytes = FILE.to_vec();
            bytes[offset] = byte;
            let _ = ProvingKey::parse(&bytes);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
            prop_assert!(ProvingKey::parse(&bytes).is_err());
        }
    }

    /// The same key read by an independent implementation, which checks every point.
    #[cfg(feature = "oracle")]
    #[test]
    fn ark_circom_reads_the_same_key() {
        use crate::curve::{first_group, second_group};

        let ours = ProvingKey::parse(FILE).expect("committed");
        let (theirs, _) = ark_circom::read_zkey(&mut std::io::Cursor::new(FILE)).expect("committed");
        let first = |points: &[ark_bn254::G1Affine]| points.iter().map(first_group).collect::<Vec<_>>();
        assert_eq!(ours.alpha_g1, first_group(&theirs.vk.alpha_g1));
        assert_eq!(ours.beta_g2, second_group(&theirs.vk.beta_g2));
        assert_eq!(ours.delta_g2, second_group(&theirs.vk.delta_g2));
        assert_eq!(ours.a, first(&theirs.a_query));
        assert_eq!(ours.b_g2, theirs.b_g2_query.iter().map(second_group).collect::<Vec<_>>());
        assert_eq!(ours.private, first(&theirs.l_query));
        assert_eq!(ours.quotient, first(&theirs.h_query));
    }
}
