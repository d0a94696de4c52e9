//! What a program says about the circuit it was built with, for people and for those who verify elsewhere.

use serde::{Deserialize, Serialize};

use crate::{ArtifactFile, PUBLIC_SIGNALS};

/// Constraints of the circuit; a test holds this to the compiled circuit.
pub(crate) const CONSTRAINTS: usize = 7223;

/// Describes the circuit and its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitManifest {
    /// `claims_v1`.
    pub circuit: String,
    /// `groth16`.
    pub proof_system: String,
    /// `bn254`.
    pub curve: String,
    /// Number of constraints.
    pub constraints: usize,
    /// Number of public signals.
    pub public_signals: usize,
    /// Who took part in making the keys: `development` means one party on one machine, which a live environment must refuse.
    pub ceremony: String,
    /// SHA-256 of `claims_v1.r1cs`, hexadecimal.
    pub constraints_sha256: String,
    /// SHA-256 of `claims_v1.zkey`, hexadecimal.
    pub proving_key_sha256: String,
    /// SHA-256 of `verification_key.json`, hexadecimal.
    pub verification_key_sha256: String,
    /// SHA-256 of the ceremony's `transcript.json`, hexadecimal.
    pub transcript_sha256: String,
}

/// The manifest of the circuit in this program.
pub fn circuit_manifest() -> CircuitManifest {
    CircuitManifest {
        circuit: "claims_v1".to_owned(),
        proof_system: "groth16".to_owned(),
        curve: "bn254".to_owned(),
        constraints: CONSTRAINTS,
        public_signals: PUBLIC_SIGNALS,
        ceremony: "development".to_owned(),
        constraints_sha256: ArtifactFile::Constraints.pin().to_owned(),
        proving_key_sha256: ArtifactFile::ProvingKey.pin().to_owned(),
        verification_key_sha256: ArtifactFile::VerificationKey.pin().to_owned(),
        transcript_sha256: ArtifactFile::Transcript.pin().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hash_is_known_and_the_label_is_the_transcript_s() {
        let manifest = circuit_manifest();
        for hash in [&manifest.constraints_sha256, &manifest.proving_key_sha256, &manifest.verification_key_sha256, &manifest.transcript_sha256] {
            assert_eq!(hash.len(), 64);
        }
        let transcript: serde_json::Value = serde_json::from_str(include_str!("../artifacts/transcript.json")).expect("transcript");
        assert_eq!(transcript["label"], manifest.ceremony.as_str());
        assert_eq!(transcript["r1cs_sha256"], manifest.constraints_sha256.as_str());
    }
}
