//! From what a person agreed to, to what the proof says.

use passid_api::agreement::{Agreement, CONTEXT_DOMAIN, SCOPE_DOMAIN};
use passid_api::predicate;
use passid_api::presentation::{CIRCUIT, Presentation};
use passid_api::time::Timestamp;
use passid_circuits::{Operator, PREDICATE_COUNT, Predicate, PresentationRequest, SecretElement, Statement, Witness, hash_to_field};

use super::PresentationError;
use crate::credential::{VerifiedCredential, VerifiedPath, age_in_hours};

/// A statement and the witness that satisfies it.
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    pub(crate) witness: Witness,
}

/// Builds the statement exactly from the agreement.
///
/// The data's age is proved in whole hours, rounded up, so that the exact second of the bank's data does not identify anyone. The
/// credential is proved to last until the agreement ends.
///
/// # Errors
/// [`PresentationError::Unprovable`] when the credential does not satisfy the agreement.
pub(crate) fn prepare(
    agreement: &Agreement,
    credential: &VerifiedCredential,
    path: &VerifiedPath,
    secret: &SecretElement,
    now: Timestamp,
) -> Result<Prepared, PresentationError> {
    let data_timestamp = credential.document.data_timestamp;
    // The issuer's clock may be a little ahead of this one; data from the future has no age.
    let presented_at = now.max(data_timestamp);
    let request = PresentationRequest {
        context: hash_to_field(CONTEXT_DOMAIN, &agreement.canonical_bytes()),
        schema: credential.header.schema,
        mask: agreement.permissions.disclosure_mask(),
        predicates: predicates(&agreement.predicates),
        presented_at: presented_at.unsigned_seconds(),
        max_data_age: age_in_hours(data_timestamp, presented_at) * 3_600,
        min_expiry: agreement.expires_at.unsigned_seconds(),
        institution_scope: hash_to_field(SCOPE_DOMAIN, &agreement.scope_bytes()),
    };
    let witness = Witness {
        claims: credential.claims.clone(),
        header: credential.header,
        blinding: credential.blinding.clone(),
        holder_secret: secret.clone(),
        path: path.path.clone(),
    };
    let statement = Statement::for_witness(&request, &witness).map_err(PresentationError::Unprovable)?;
    Ok(Prepared { statement, witness })
}

fn predicates(asked: &[predicate::Predicate]) -> [Option<Predicate>; PREDICATE_COUNT] {
    let mut places = [None; PREDICATE_COUNT];
    for (place, predicate) in places.iter_mut().zip(asked) {
        *place = u8::try_from(predicate.claim.index()).ok().map(|slot| Predicate { slot, operator: operator(predicate.operator), bound: predicate.bound });
    }
    places
}

const fn operator(operator: predicate::Operator) -> Operator {
    match operator {
        predicate::Operator::AtLeast => Operator::AtLeast,
        predicate::Operator::AtMost => Operator::AtMost,
        predicate::Operator::Equal => Operator::Equal,
        predicate::Operator::NotEqual => Operator::NotEqual,
    }
}

/// The presentation as it is sent: the part of the statement the verifier does not know already.
pub(crate) fn presentation(statement: &Statement, proof: String, head: String) -> Presentation {
    Presentation {
        circuit: CIRCUIT.to_owned(),
        proof,
        head,
        presented_at: statement.presented_at,
        max_data_age: statement.max_data_age,
        min_expiry: statement.min_expiry,
        disclosed: statement.disclosed,
        session_nullifier: statement.session_nullifier.to_string(),
        applicant_reference: statement.applicant_reference.to_string(),
    }
}
