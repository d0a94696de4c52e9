//! Wires in the file format of snarkjs (`.wtns`), so that ours can be compared with circom's byte for byte.

use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};

/// The file that holds these wires.
///
/// # Errors
/// None in practice: circuits have fewer than 2^32 wires.
pub fn write(wires: &[Fr]) -> Result<Vec<u8>, core::num::TryFromIntError> {
    let mut file = b"wtns".to_vec();
    let version = 2u32;
    let sections = 2u32;
    file.extend(version.to_le_bytes());
    file.extend(sections.to_le_bytes());

    let element_bytes = 32u32;
    file.extend(1u32.to_le_bytes());
    file.extend(40u64.to_le_bytes());
    file.extend(element_bytes.to_le_bytes());
    file.extend(Fr::MODULUS.to_bytes_le());
    file.extend(u32::try_from(wires.len())?.to_le_bytes());

    file.extend(2u32.to_le_bytes());
    file.extend((u64::try_from(wires.len())? * 32).to_le_bytes());
    for wire in wires {
        file.extend(wire.into_bigint().to_bytes_le());
    }
    Ok(file)
}
