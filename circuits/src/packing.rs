//! How small numbers share a field element, as `circuits/claims_v1.circom` unpacks them. Little-endian: the first value is lowest.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};

use crate::claims::{CLAIM_BITS, CLAIM_SLOTS};
use crate::{CredentialHeader, Predicate};

/// Field elements sixteen claims pack into: five of 48 bits each.
pub(crate) const PACKED_CLAIMS: usize = 4;
/// Claims per field element.
pub(crate) const CLAIMS_PER_ELEMENT: usize = 5;
/// Bits of the schema.
pub(crate) const SCHEMA_BITS: u32 = 32;
/// Bits of a time.
pub(crate) const TIME_BITS: u32 = 40;
/// Bits of one packed predicate: bound 48, slot 4, one flag for each of four operators.
pub(crate) const PREDICATE_BITS: u32 = 56;

/// Writes values side by side into one element. At most 253 bits in all, so that the packing is unique.
struct Packer {
    limbs: [u64; 4],
    position: u32,
}

impl Packer {
    const fn new() -> Self {
        Self { limbs: [0; 4], position: 0 }
    }

    /// Appends `value`, which has at most `bits` (at most 63) bits.
    fn push(mut self, value: u64, bits: u32) -> Self {
        debug_assert!(value >> bits == 0 && self.position + bits <= 253);
        let wide = u128::from(value) << (self.position % 64);
        let limb = (self.position / 64) as usize;
        let halves = [u64::try_from(wide & u128::from(u64::MAX)).unwrap_or_default(), u64::try_from(wide >> 64).unwrap_or_default()];
        for (target, half) in self.limbs.iter_mut().skip(limb).zip(halves) {
            *target |= half;
        }
        self.position += bits;
        self
    }

    fn finish(self) -> Fr {
        Fr::from_bigint(BigInt(self.limbs)).unwrap_or_default()
    }
}

pub(crate) fn claims(values: &[u64; CLAIM_SLOTS]) -> [Fr; PACKED_CLAIMS] {
    let mut packed = [Fr::default(); PACKED_CLAIMS];
    for (target, group) in packed.iter_mut().zip(values.chunks(CLAIMS_PER_ELEMENT)) {
        *target = group.iter().fold(Packer::new(), |packer, value| packer.push(*value, CLAIM_BITS)).finish();
    }
    packed
}

pub(crate) fn header(header: &CredentialHeader) -> Fr {
    Packer::new().push(u64::from(header.schema), SCHEMA_BITS).push(header.data_timestamp, TIME_BITS).push(header.expires_at, TIME_BITS).finish()
}

pub(crate) fn predicates(predicates: &[Option<Predicate>]) -> Fr {
    predicates.iter().fold(Packer::new(), |packer, predicate| packer.push(predicate.as_ref().map_or(0, Predicate::pack), PREDICATE_BITS)).finish()
}

/// Mask, schema and the three times of a statement.
pub(crate) fn policy(mask: u16, schema: u32, presented_at: u64, max_data_age: u64, min_expiry: u64) -> Fr {
    Packer::new()
        .push(u64::from(mask), 16)
        .push(u64::from(schema), SCHEMA_BITS)
        .push(presented_at, TIME_BITS)
        .push(max_data_age, TIME_BITS)
        .push(min_expiry, TIME_BITS)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldElement, Operator};

    fn hex(value: Fr) -> String {
        let bytes = FieldElement::from(value).to_bytes();
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(31);
        hex::encode(&bytes[start..])
    }

    /// Frozen: the issuer's commitments and the verifier's public signals are made of these.
    #[test]
    fn packings_are_frozen() {
        let values = core::array::from_fn(|slot| 0x0100_0000_0000 + slot as u64);
        let packed = claims(&values).map(hex);
        assert_eq!(packed[0], "010000000004010000000003010000000002010000000001010000000000");
        assert_eq!(packed[3], "01000000000f");
        let packed = header(&CredentialHeader { schema: 1, data_timestamp: 2, expires_at: 3 });
        assert_eq!(hex(packed), "03000000000200000001");
        assert_eq!(hex(policy(0x8001, 2, 3, 4, 5)), "0500000000040000000003000000028001");
        let predicate = Predicate { slot: 11, operator: Operator::NotEqual, bound: 7 };
        assert_eq!(hex(predicates(&[Some(predicate), None, Some(predicate), None])), "8b000000000007000000000000008b000000000007");
    }
}
