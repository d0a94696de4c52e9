//! Wires in the file format of snarkjs (`.wtns`), so that ours can be compared with circom's byte for byte.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};

use crate::binary::{Malformed, SectionFile};

/// The wires in a file.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub fn read(bytes: &[u8]) -> Result<Vec<Fr>, &'static str> {
    let read = || {
        let file = SectionFile::parse(bytes, *b"wtns", 2)?;
        let mut header = file.section(1)?;
        if header.u32()? != 32 || header.limbs()? != Fr::MODULUS.0 {
            return Err(Malformed("it is over another field"));
        }
        let count = header.index()?;
        let mut values = file.section(2)?;
        let mut wires = Vec::new();
        for _ in 0..count {
            wires.push(Fr::from_bigint(BigInt(values.limbs()?)).ok_or(Malformed("a value is not canonical"))?);
        }
        values.end()?;
        Ok(wires)
    };
    read().map_err(|Malformed(reason)| reason)
}

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
