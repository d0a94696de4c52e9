//! Reading a verification key as snarkjs writes it, and refusing every one that would let anybody prove anything.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::PrimeField;
use ark_groth16::VerifyingKey;
use serde::Deserialize;

use crate::artifacts::{ArtifactError, ArtifactFile};
use crate::curve::{Curve, Fq, Fq2, G1Affine, G2Affine};
use crate::{PUBLIC_SIGNALS, decimal};

/// The JSON of snarkjs. It also holds the pairing of alpha and beta, which is computed here instead of believed.
#[derive(Deserialize)]
struct KeyJson {
    protocol: String,
    curve: String,
    #[serde(rename = "nPublic")]
    public_signals: usize,
    vk_alpha_1: PointJson1,
    vk_beta_2: PointJson2,
    vk_gamma_2: PointJson2,
    vk_delta_2: PointJson2,
    #[serde(rename = "IC")]
    inputs: Vec<PointJson1>,
}

type PointJson1 = [String; 3];
type PointJson2 = [[String; 2]; 3];

const fn malformed(reason: &'static str) -> ArtifactError {
    ArtifactError::Malformed { file: ArtifactFile::VerificationKey.name(), reason }
}

/// Parses and checks a key; the pin was checked before, so a key refused here was pinned by mistake.
pub(crate) fn parse(json: &[u8]) -> Result<VerifyingKey<Curve>, ArtifactError> {
    let json: KeyJson = serde_json::from_slice(json).map_err(|_| malformed("not the JSON of a verification key"))?;
    if json.protocol != "groth16" || json.curve != "bn128" {
        return Err(malformed("not groth16 over bn128"));
    }
    if json.public_signals != PUBLIC_SIGNALS || json.inputs.len() != PUBLIC_SIGNALS + 1 {
        return Err(malformed("wrong number of public signals"));
    }
    let key = VerifyingKey::<Curve> {
        alpha_g1: first_group(&json.vk_alpha_1)?,
        beta_g2: second_group(&json.vk_beta_2)?,
        gamma_g2: second_group(&json.vk_gamma_2)?,
        delta_g2: second_group(&json.vk_delta_2)?,
        gamma_abc_g1: json.inputs.iter().map(first_group).collect::<Result<_, _>>()?,
    };
    // With gamma = ±delta anyone can forge: the public part of the equation can be cancelled by the private one. Equal x
    // coordinates mean equal up to the sign.
    if key.gamma_g2.x == key.delta_g2.x {
        return Err(malformed("gamma equals delta"));
    }
    let points = &key.gamma_abc_g1;
    let repeated = points.iter().enumerate().any(|(index, point)| points.iter().skip(index + 1).any(|other| point.x == other.x));
    if repeated {
        return Err(malformed("two public signals share a point"));
    }
    Ok(key)
}

fn first_group([x, y, z]: &PointJson1) -> Result<G1Affine, ArtifactError> {
    if z != "1" {
        return Err(malformed("a point is the identity or not affine"));
    }
    checked(G1Affine::new_unchecked(coordinate(x)?, coordinate(y)?))
}

fn second_group([x, y, z]: &PointJson2) -> Result<G2Affine, ArtifactError> {
    if z != &["1", "0"] {
        return Err(malformed("a point is the identity or not affine"));
    }
    let pair = |[first, second]: &[String; 2]| Ok(Fq2::new(coordinate(first)?, coordinate(second)?));
    checked(G2Affine::new_unchecked(pair(x)?, pair(y)?))
}

fn checked<P: SWCurveConfig>(point: Affine<P>) -> Result<Affine<P>, ArtifactError> {
    if point.is_zero() || !point.is_on_curve() || !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(malformed("a point is not in its group"));
    }
    Ok(point)
}

fn coordinate(text: &str) -> Result<Fq, ArtifactError> {
    decimal::parse(text).ok().and_then(Fq::from_bigint).ok_or(malformed("a coordinate is not canonical"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::artifacts::EMBEDDED_VERIFICATION_KEY;

    fn refused(change: impl FnOnce(&mut Value)) -> &'static str {
        let mut key: Value = serde_json::from_slice(&EMBEDDED_VERIFICATION_KEY).expect("json");
        change(&mut key);
        match parse(key.to_string().as_bytes()) {
            Err(ArtifactError::Malformed { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_committed_key_is_accepted() {
        assert!(parse(&EMBEDDED_VERIFICATION_KEY).is_ok());
    }

    #[test]
    fn gamma_equal_to_delta_is_refused_with_either_sign() {
        assert_eq!(refused(|key| key["vk_delta_2"] = key["vk_gamma_2"].clone()), "gamma equals delta");
        let gamma = -G2Affine::generator();
        let negated = json!([[gamma.x.c0.to_string(), gamma.x.c1.to_string()], [gamma.y.c0.to_string(), gamma.y.c1.to_string()], ["1", "0"]]);
        assert_eq!(refused(|key| key["vk_delta_2"] = negated), "gamma equals delta");
    }

    #[test]
    fn a_wrong_number_of_points_is_refused() {
        let reason = "wrong number of public signals";
        assert_eq!(refused(|key| drop(key["IC"].as_array_mut().expect("list").pop())), reason);
        assert_eq!(
            refused(|key| {
                let point = key["vk_alpha_1"].clone();
                key["IC"].as_array_mut().expect("list").push(point);
            }),
            reason
        );
        assert_eq!(refused(|key| key["nPublic"] = json!(12)), reason);
    }

    #[test]
    fn zero_and_repeated_points_are_refused() {
        assert_eq!(refused(|key| key["IC"][3] = json!(["0", "1", "0"])), "a point is the identity or not affine");
        assert_eq!(refused(|key| key["IC"][3] = key["IC"][4].clone()), "two public signals share a point");
    }

    #[test]
    fn points_outside_their_group_are_refused() {
        assert_eq!(refused(|key| key["vk_alpha_1"] = json!(["1", "1", "1"])), "a point is not in its group");
        assert_eq!(refused(|key| key["vk_alpha_1"][0] = json!("01")), "a coordinate is not canonical");
        assert_eq!(refused(|key| key["protocol"] = json!("plonk")), "not groth16 over bn128");
    }
}
