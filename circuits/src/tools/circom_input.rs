//! The input of circom's own witness generator, for comparing it with ours.

use serde_json::{Map, Value, json};

use crate::{Statement, Witness, WitnessError};

/// The `input.json` of a presentation: signal names of `claims_v1.circom`, numbers as decimal text.
///
/// # Errors
/// [`WitnessError`] when the credential's header is out of range.
pub fn circom_input(statement: &Statement, witness: &Witness) -> Result<Value, WitnessError> {
    let [root, context, disclosed @ .., predicates, policy, scope, nullifier, reference] = statement.public_signals();
    let (children, _) = witness.path.walk(witness.commitment()?);
    let claims = witness.claims.values().map(|claim| claim.to_string());
    let fields = [
        ("merkleRoot", json!(root)),
        ("context", json!(context)),
        ("disclosed", json!(disclosed)),
        ("predicates", json!(predicates)),
        ("policy", json!(policy)),
        ("institutionScope", json!(scope)),
        ("sessionNullifier", json!(nullifier)),
        ("applicantReference", json!(reference)),
        ("claims", json!(claims)),
        ("dataTimestamp", json!(witness.header.data_timestamp.to_string())),
        ("expiresAt", json!(witness.header.expires_at.to_string())),
        ("blinding", json!(witness.blinding.expose())),
        ("holderSecret", json!(witness.holder_secret.expose())),
        ("children", json!(children)),
    ];
    Ok(Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()))
}
