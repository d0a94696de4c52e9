//! A Groth16 proof in its two spellings: 128 canonical bytes, and the JSON of snarkjs.

use core::fmt;

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::PrimeField;
use ark_serialize::CanonicalSerialize;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::curve::{Fq, Fq2, G1Affine, G2Affine};
use crate::decimal;

/// Bytes of an encoded proof.
pub const PROOF_BYTES: usize = 128;

/// A proof whose points lie on their curves, in their subgroups, and are not the identity.
///
/// A proof can be re-randomised by anyone into another valid one: never use its bytes to recognise a replay.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    pub(crate) a: G1Affine,
    pub(crate) b: G2Affine,
    pub(crate) c: G1Affine,
}

/// Why some bytes or JSON are not a proof. Refuse it; the sender has a defect or is an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Not 128 bytes.
    #[error("a proof has 128 bytes")]
    Length,
    /// Not unpadded base64url.
    #[error("the proof is not base64url without padding")]
    Base64,
    /// Not the JSON of a Groth16 proof over bn128 as snarkjs writes it.
    #[error("the proof is not a snarkjs groth16 proof over bn128")]
    Json,
    /// A coordinate or flag is not in canonical form.
    #[error("point {point} is not in canonical form")]
    NotCanonical {
        /// `a`, `b` or `c`.
        point: char,
    },
    /// A point is not on its curve or not in its subgroup.
    #[error("point {point} is not in the group")]
    NotInGroup {
        /// `a`, `b` or `c`.
        point: char,
    },
    /// A point is the identity, which no honest proof contains.
    #[error("point {point} is the identity")]
    Identity {
        /// `a`, `b` or `c`.
        point: char,
    },
}

impl ProofError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "proof_length",
            Self::Base64 => "proof_base64",
            Self::Json => "proof_json",
            Self::NotCanonical { .. } => "proof_not_canonical",
            Self::NotInGroup { .. } => "proof_not_in_group",
            Self::Identity { .. } => "proof_identity",
        }
    }
}

impl Proof {
    /// Takes three points as a proof.
    ///
    /// # Errors
    /// [`ProofError::Identity`] or [`ProofError::NotInGroup`] names the first unusable point.
    pub(crate) fn new(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Self, ProofError> {
        check_point(&a, 'a')?;
        check_point(&b, 'b')?;
        check_point(&c, 'c')?;
        Ok(Self { a, b, c })
    }

    /// The compact encoding: a (32 bytes), b (64), c (32), each the little-endian x coordinate with the sign of y in the top bits
    /// (arkworks' compressed form).
    pub fn to_bytes(&self) -> [u8; PROOF_BYTES] {
        let mut bytes = [0u8; PROOF_BYTES];
        let mut rest = bytes.as_mut_slice();
        let written =
            self.a.serialize_compressed(&mut rest).and_then(|()| self.b.serialize_compressed(&mut rest)).and_then(|()| self.c.serialize_compressed(&mut rest));
        debug_assert!(written.is_ok() && rest.is_empty(), "128 bytes hold three compressed points");
        bytes
    }

    /// Reads the compact encoding.
    ///
    /// # Errors
    /// [`ProofError`] for a wrong length, a non-canonical encoding, or a point outside its group.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        let bytes: &[u8; PROOF_BYTES] = bytes.try_into().map_err(|_| ProofError::Length)?;
        let (a, rest) = bytes.split_at(32);
        let (b, c) = rest.split_at(64);
        Self::new(decompress(a, 'a')?, decompress(b, 'b')?, decompress(c, 'c')?)
    }

    /// Unpadded base64url of the compact encoding.
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.to_bytes())
    }

    /// Reads unpadded base64url.
    ///
    /// # Errors
    /// [`ProofError::Base64`], or what [`Proof::from_bytes`] finds.
    pub fn from_base64url(text: &str) -> Result<Self, ProofError> {
        // No longer text is worth decoding.
        if text.len() > PROOF_BYTES * 2 {
            return Err(ProofError::Length);
        }
        Self::from_bytes(&URL_SAFE_NO_PAD.decode(text).map_err(|_| ProofError::Base64)?)
    }

    /// The JSON of snarkjs.
    pub fn to_snarkjs(&self) -> SnarkjsProof {
        SnarkjsProof {
            pi_a: [self.a.x.to_string(), self.a.y.to_string(), "1".to_owned()],
            pi_b: [[self.b.x.c0.to_string(), self.b.x.c1.to_string()], [self.b.y.c0.to_string(), self.b.y.c1.to_string()], ["1".to_owned(), "0".to_owned()]],
            pi_c: [self.c.x.to_string(), self.c.y.to_string(), "1".to_owned()],
            protocol: "groth16".to_owned(),
            curve: "bn128".to_owned(),
        }
    }

    /// Reads the JSON of snarkjs.
    ///
    /// # Errors
    /// [`ProofError::Json`] for another protocol, curve or shape, and the errors of the points.
    pub fn from_snarkjs(json: &SnarkjsProof) -> Result<Self, ProofError> {
        if json.protocol != "groth16" || json.curve != "bn128" {
            return Err(ProofError::Json);
        }
        let [b_x, b_y, b_z] = &json.pi_b;
        if json.pi_a[2] != "1" || json.pi_c[2] != "1" || b_z != &["1", "0"] {
            return Err(ProofError::Json);
        }
        let pair = |[first, second]: &[String; 2]| Ok(Fq2::new(coordinate(first, 'b')?, coordinate(second, 'b')?));
        Self::new(
            G1Affine::new_unchecked(coordinate(&json.pi_a[0], 'a')?, coordinate(&json.pi_a[1], 'a')?),
            G2Affine::new_unchecked(pair(b_x)?, pair(b_y)?),
            G1Affine::new_unchecked(coordinate(&json.pi_c[0], 'c')?, coordinate(&json.pi_c[1], 'c')?),
        )
    }
}

/// A proof as snarkjs writes it: coordinates in decimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnarkjsProof {
    /// x, y, 1.
    pub pi_a: [String; 3],
    /// x, y, 1, each over the quadratic extension.
    pub pi_b: [[String; 2]; 3],
    /// x, y, 1.
    pub pi_c: [String; 3],
    /// `groth16`.
    pub protocol: String,
    /// `bn128`.
    pub curve: String,
}

fn check_point<P: SWCurveConfig>(point: &Affine<P>, name: char) -> Result<(), ProofError> {
    if point.is_zero() {
        return Err(ProofError::Identity { point: name });
    }
    if !point.is_on_curve() || !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(ProofError::NotInGroup { point: name });
    }
    Ok(())
}

/// Reads a compressed point without the subgroup check, which [`Proof::new`] makes for every point.
fn decompress<P: AffineRepr>(bytes: &[u8], name: char) -> Result<P, ProofError> {
    let point = P::deserialize_compressed_unchecked(bytes).map_err(|_| ProofError::NotInGroup { point: name })?;
    // One point, one spelling: whatever the decoder let pass, writing it again must give the same bytes.
    let mut again = Vec::with_capacity(bytes.len());
    if point.serialize_compressed(&mut again).is_err() || again != bytes {
        return Err(ProofError::NotCanonical { point: name });
    }
    Ok(point)
}

fn coordinate(text: &str, name: char) -> Result<Fq, ProofError> {
    decimal::parse(text).ok().and_then(Fq::from_bigint).ok_or(ProofError::NotCanonical { point: name })
}

impl fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Proof({})", self.to_base64url())
    }
}

impl Serialize for Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base64url())
    }
}

impl<'de> Deserialize<'de> for Proof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Proof;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a proof as base64url")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Proof, E> {
                Proof::from_base64url(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use ark_ec::AffineRepr;
    use ark_ff::Field;
    use proptest::prelude::*;

    use super::*;

    fn generators() -> Proof {
        Proof::new(G1Affine::generator(), G2Affine::generator(), -G1Affine::generator()).expect("group elements")
    }

    /// Frozen: stored shares and other people's verifiers hold proofs in this form.
    #[test]
    fn the_compact_encoding_is_frozen() {
        let hex = hex::encode(generators().to_bytes());
        assert_eq!(
            hex,
            concat!(
                "0100000000000000000000000000000000000000000000000000000000000000",
                "edf692d95cbdde46ddda5ef7d422436779445c5e66006a42761e1f12efde0018",
                "c212f3aeb785e49712e7a9353349aaf1255dfb31b7bf60723a480d9293938e19",
                "0100000000000000000000000000000000000000000000000000000000000080",
            )
        );
    }

    #[test]
    fn every_length_but_128_is_refused() {
        let bytes = generators().to_bytes();
        for length in 0..PROOF_BYTES {
            assert_eq!(Proof::from_bytes(&bytes[..length]), Err(ProofError::Length));
        }
        assert_eq!(Proof::from_bytes(&[&bytes[..], &[0]].concat()), Err(ProofError::Length));
        assert_eq!(Proof::from_base64url(&"A".repeat(1_000_000)), Err(ProofError::Length));
        assert_eq!(Proof::from_base64url("="), Err(ProofError::Base64));
    }

    #[test]
    fn the_identity_is_refused_in_every_place_and_spelling() {
        let bytes = generators().to_bytes();
        for (start, end, point) in [(0, 32, 'a'), (32, 96, 'b'), (96, 128, 'c')] {
            let mut changed = bytes;
            changed[start..end].fill(0);
            changed[end - 1] = 0x40;
            assert_eq!(Proof::from_bytes(&changed), Err(ProofError::Identity { point }));
            // The flag with a coordinate beside it, and with the sign.
            changed[start] = 1;
            assert!(Proof::from_bytes(&changed).is_err());
            changed[start] = 0;
            changed[end - 1] = 0xc0;
            assert!(Proof::from_bytes(&changed).is_err());
        }
    }

    #[test]
    fn a_coordinate_plus_the_modulus_is_refused() {
        // x = 1 + q fits into 254 bits and must not be taken for x = 1.
        let mut bytes = generators().to_bytes();
        let mut modulus = Fq::MODULUS;
        modulus.0[0] += 1;
        for (target, limb) in bytes.chunks_exact_mut(8).zip(modulus.0) {
            target.copy_from_slice(&limb.to_le_bytes());
        }
        assert!(Proof::from_bytes(&bytes).is_err());
        let mut json = generators().to_snarkjs();
        json.pi_a[0] = "21888242871839275222246405745257275088696311157297823662689037894645226208584".to_owned();
        assert_eq!(Proof::from_snarkjs(&json), Err(ProofError::NotCanonical { point: 'a' }));
    }

    #[test]
    fn points_off_the_curve_or_outside_the_subgroup_are_refused() {
        let mut json = generators().to_snarkjs();
        json.pi_c[1] = "3".to_owned();
        assert_eq!(Proof::from_snarkjs(&json), Err(ProofError::NotInGroup { point: 'c' }));
        // The twist has points of other orders: take the first one whose x is a small number.
        let outside = (1..100u64)
            .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::ONE), false))
            .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            .expect("most points are outside");
        assert!(outside.is_on_curve());
        assert_eq!(Proof::new(G1Affine::generator(), outside, G1Affine::generator()), Err(ProofError::NotInGroup { point: 'b' }));
        let mut bytes = generators().to_bytes();
        outside.serialize_compressed(&mut bytes[32..96]).expect("fits");
        assert_eq!(Proof::from_bytes(&bytes), Err(ProofError::NotInGroup { point: 'b' }));
    }

    #[test]
    fn json_of_another_protocol_curve_or_shape_is_refused() {
        let json = generators().to_snarkjs();
        for (protocol, curve) in [("plonk", "bn128"), ("groth16", "bls12381")] {
            let other = SnarkjsProof { protocol: protocol.to_owned(), curve: curve.to_owned(), ..json.clone() };
            assert_eq!(Proof::from_snarkjs(&other), Err(ProofError::Json));
        }
        let projective = SnarkjsProof { pi_a: ["0".to_owned(), "1".to_owned(), "0".to_owned()], ..json };
        assert_eq!(Proof::from_snarkjs(&projective), Err(ProofError::Json));
    }

    proptest! {
        #[test]
        fn random_bytes_are_an_error_or_have_one_spelling(bytes in proptest::collection::vec(any::<u8>(), PROOF_BYTES)) {
            if let Ok(proof) = Proof::from_bytes(&bytes) {
                prop_assert_eq!(proof.to_bytes().to_vec(), bytes);
            }
        }

        #[test]
        fn a_flipped_bit_never_gives_the_same_proof(bit in 0..PROOF_BYTES * 8) {
            let mut bytes = generators().to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(Proof::from_bytes(&bytes), Ok(generators()));
        }
    }
}
