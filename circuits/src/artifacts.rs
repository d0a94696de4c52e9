//! The files a prover and a verifier need, and the SHA-256 pins that say they are the ones this code was built for.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The list of pins, in the format of `sha256sum`.
const PINS: &str = include_str!("../artifacts/SHA256SUMS");

/// One committed file of the circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactFile {
    /// `claims_v1.zkey`: the proving key as snarkjs writes it.
    ProvingKey,
    /// `claims_v1.program`: how every wire follows from the inputs.
    WitnessProgram,
    /// `verification_key.json`: the verification key as snarkjs writes it.
    VerificationKey,
    /// `claims_v1.r1cs`: the constraints; only tools and tests read them.
    Constraints,
    /// `transcript.json`: who contributed to the keys.
    Transcript,
}

impl ArtifactFile {
    /// The name of the file in `circuits/artifacts`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProvingKey => "claims_v1.zkey",
            Self::WitnessProgram => "claims_v1.program",
            Self::VerificationKey => "verification_key.json",
            Self::Constraints => "claims_v1.r1cs",
            Self::Transcript => "transcript.json",
        }
    }

    /// The SHA-256 this code was built for, in hexadecimal; empty if the list of pins does not know the file.
    pub fn pin(self) -> &'static str {
        PINS.lines().filter_map(|line| line.split_once("  ")).find_map(|(hash, name)| (name == self.name()).then_some(hash)).unwrap_or_default()
    }

    /// Checks the bytes of this file against its pin.
    pub(crate) fn check(self, bytes: &[u8]) -> Result<(), ArtifactError> {
        let digest = Sha256::digest(bytes);
        let hex = self.pin().as_bytes();
        let matches = hex.len() == 2 * digest.len()
            && hex
                .chunks_exact(2)
                .zip(&digest)
                .all(|(pair, byte)| core::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()) == Some(*byte));
        if matches { Ok(()) } else { Err(ArtifactError::Pin { file: self.name() }) }
    }
}

/// Why the circuit's files cannot be used. Reinstall them; never run without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The file could not be read.
    #[error("{file} cannot be read")]
    Read {
        /// Which file.
        file: &'static str,
    },
    /// The file's SHA-256 is not the pinned one.
    #[error("{file} is not the file this program was built for")]
    Pin {
        /// Which file.
        file: &'static str,
    },
    /// The file does not have the structure it should have.
    #[error("{file} is malformed: {reason}")]
    Malformed {
        /// Which file.
        file: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl ArtifactError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read { .. } => "artifact_unreadable",
            Self::Pin { .. } => "artifact_pin_mismatch",
            Self::Malformed { .. } => "artifact_malformed",
        }
    }
}

/// The bytes a prover needs. Nothing is checked until it is loaded.
#[derive(Clone)]
pub struct Artifacts {
    /// See [`ArtifactFile::ProvingKey`].
    pub proving_key: Cow<'static, [u8]>,
    /// See [`ArtifactFile::WitnessProgram`].
    pub witness_program: Cow<'static, [u8]>,
    /// See [`ArtifactFile::VerificationKey`].
    pub verification_key: Cow<'static, [u8]>,
}

impl Artifacts {
    /// The files compiled into this program.
    #[cfg(feature = "prover")]
    pub const fn embedded() -> Self {
        Self {
            proving_key: Cow::Borrowed(&EMBEDDED_PROVING_KEY),
            witness_program: Cow::Borrowed(&EMBEDDED_WITNESS_PROGRAM),
            verification_key: Cow::Borrowed(&EMBEDDED_VERIFICATION_KEY),
        }
    }

    /// Reads the files from a directory.
    ///
    /// # Errors
    /// [`ArtifactError::Read`] names the file that could not be read.
    pub fn read(directory: &Path) -> Result<Self, ArtifactError> {
        let read = |file: ArtifactFile| fs::read(directory.join(file.name())).map(Cow::Owned).map_err(|_| ArtifactError::Read { file: file.name() });
        Ok(Self {
            proving_key: read(ArtifactFile::ProvingKey)?,
            witness_program: read(ArtifactFile::WitnessProgram)?,
            verification_key: read(ArtifactFile::VerificationKey)?,
        })
    }
}

// Statics, not constants: of a constant every crate that uses it would carry its own copy.

/// The proving key compiled into every program that proves.
#[cfg(feature = "prover")]
static EMBEDDED_PROVING_KEY: [u8; include_bytes!("../artifacts/claims_v1.zkey").len()] = *include_bytes!("../artifacts/claims_v1.zkey");

/// The witness program compiled into every program that proves.
#[cfg(feature = "prover")]
static EMBEDDED_WITNESS_PROGRAM: [u8; include_bytes!("../artifacts/claims_v1.program").len()] = *include_bytes!("../artifacts/claims_v1.program");

/// The verification key compiled into every program that verifies.
pub(crate) static EMBEDDED_VERIFICATION_KEY: [u8; include_bytes!("../artifacts/verification_key.json").len()] =
    *include_bytes!("../artifacts/verification_key.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_noticed() {
        let mut bytes = EMBEDDED_VERIFICATION_KEY.to_vec();
        assert_eq!(ArtifactFile::VerificationKey.check(&bytes), Ok(()));
        bytes[10] ^= 1;
        assert_eq!(ArtifactFile::VerificationKey.check(&bytes), Err(ArtifactError::Pin { file: "verification_key.json" }));
    }

    #[test]
    fn a_missing_directory_is_an_error() {
        let directory = tempfile::tempdir().expect("directory");
        assert_eq!(Artifacts::read(directory.path()).err(), Some(ArtifactError::Read { file: "claims_v1.zkey" }));
    }
}
