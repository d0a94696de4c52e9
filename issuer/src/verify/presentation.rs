//! Checks a presentation against the agreement the server stored: everything but its being new.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use passid_api::agreement::{Agreement, CONTEXT_DOMAIN, SCOPE_DOMAIN};
use passid_api::claims;
use passid_api::claims::disclosed::DisclosedClaims;
use passid_api::presentation::{CIRCUIT, Presentation};
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;
use passid_circuits::{FieldElement, Operator, PREDICATE_COUNT, Predicate, Proof, Statement, StatementFields, hash_to_field};

use crate::credential::tree;
use crate::http::ApiError;
use crate::service::Service;

/// What a presentation showed. `S` is the statement, or the text of it for who only passes it on.
#[derive(Clone, Serialize, Deserialize)]
pub struct Checked<S = StatementFields> {
    /// The disclosed claims as an institution reads them.
    pub claims: Map<String, Value>,
    /// Decimal field element the proof is bound to.
    pub context: String,
    /// Decimal field element, one per holder and agreement.
    pub nullifier: String,
    /// The same holder at this institution, and only there.
    pub applicant_ref: String,
    /// When the head behind the proof was signed.
    pub head_timestamp: Timestamp,
    /// The key that signed that head.
    pub key_id: String,
    /// Until when the credential is proved to last.
    pub min_expiry: Timestamp,
    /// The bank data was no older than this when it was presented, seconds.
    pub max_data_age: u64,
    /// When it was presented.
    pub presented_at: Timestamp,
    /// The statement, for the evidence.
    pub statement: S,
}

impl<S> Checked<S> {
    /// The bank data is no older than this.
    pub fn data_not_before(&self) -> Timestamp {
        self.presented_at.plus_seconds(i64::try_from(self.max_data_age).unwrap_or(i64::MAX).saturating_neg())
    }
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::ProofInvalid, detail)
}

/// Verifies signature, head, freshness, expiry and proof for this agreement.
///
/// # Errors
/// `proof_invalid`, `stale_head`, `credential_not_valid`.
pub async fn check(service: &Service, agreement: &Agreement, presentation: &Presentation) -> Result<Checked, ApiError> {
    check_at(service, agreement, presentation, service.clock.now()).await
}

/// [`check`] as it would have gone at `now`.
///
/// # Errors
/// As [`check`].
pub async fn check_at(service: &Service, agreement: &Agreement, presentation: &Presentation, now: Timestamp) -> Result<Checked, ApiError> {
    let policy = &service.config.policy;
    if presentation.circuit != CIRCUIT {
        return Err(invalid("Prove with the circuit claims_v1."));
    }
    let (head, key_id) = tree::read_head(service, agreement.environment, &presentation.head)
        .map_err(|_| invalid("The tree head is not signed by this issuer for this environment."))?;
    let presented_at = seconds(presentation.presented_at)?;
    let min_expiry = seconds(presentation.min_expiry)?;
    if presented_at.seconds().abs_diff(now.seconds()) > u64::from(policy.max_clock_skew_seconds) {
        return Err(invalid("The presentation's time is too far from the server's; correct the device's clock and prove again."));
    }
    if presentation.max_data_age > u64::from(policy.max_data_age_seconds) {
        return Err(ApiError::new(ProblemCode::CredentialNotValid, "The bank data is older than the policy allows; refresh the credential."));
    }
    if min_expiry < agreement.expires_at {
        return Err(invalid("The proof must show that the credential outlasts the request."));
    }
    let current = service.store.tree(agreement.environment).await?;
    if head.revocations != current.revocations && now.seconds_since(head.timestamp) > i64::from(policy.max_head_age_seconds) {
        return Err(ApiError::new(ProblemCode::StaleHead, "Fetch the path again and prove with the present head."));
    }

    let statement = statement(agreement, presentation, &head.root)?;
    let proof: Proof = proof(&presentation.proof)?;
    if !service.proofs.verify(&statement, proof).await? {
        return Err(invalid("The proof does not verify for what was agreed."));
    }
    let fields = StatementFields::from(statement);
    let disclosed = DisclosedClaims::new(fields.mask, fields.disclosed).map_err(|_| invalid("A hidden claim has a value."))?;
    let claims = disclosed.to_json(presentation.max_data_age.div_ceil(3_600)).map_err(|error| ApiError::internal(&error))?;
    Ok(Checked {
        claims,
        context: fields.context.to_string(),
        nullifier: fields.session_nullifier.to_string(),
        applicant_ref: hex::encode(fields.applicant_reference.to_bytes()),
        head_timestamp: head.timestamp,
        key_id,
        min_expiry,
        max_data_age: presentation.max_data_age,
        presented_at,
        statement: fields,
    })
}

/// Checks the head's signature and the proof of a presentation that was checked before, and says what is wrong with it now.
///
/// # Errors
/// `internal` when it could not be checked.
pub async fn recheck(service: &Service, agreement: &Agreement, presentation: &Presentation) -> Result<Option<DenyReason>, ApiError> {
    let Ok((head, _)) = tree::read_head(service, agreement.environment, &presentation.head) else { return Ok(Some(DenyReason::SignatureInvalid)) };
    let (Ok(statement), Ok(proof)) = (statement(agreement, presentation, &head.root), proof(&presentation.proof)) else {
        return Ok(Some(DenyReason::ProofInvalid));
    };
    Ok(if service.proofs.verify(&statement, proof).await? { None } else { Some(DenyReason::ProofInvalid) })
}

fn seconds(value: u64) -> Result<Timestamp, ApiError> {
    i64::try_from(value).ok().and_then(|value| Timestamp::from_seconds(value).ok()).ok_or_else(|| invalid("A time of the presentation is out of range."))
}

fn element(text: &str) -> Result<FieldElement, ApiError> {
    text.parse().map_err(|_| invalid("A field element of the presentation is not canonical."))
}

fn proof(text: &str) -> Result<Proof, ApiError> {
    serde_json::from_value(Value::String(text.to_owned())).map_err(|_| invalid("The proof is not 128 bytes that decode to points of the curve."))
}

/// The statement the proof must be for: what was agreed, rebuilt here, and what the wallet adds.
fn statement(agreement: &Agreement, presentation: &Presentation, root: &str) -> Result<Statement, ApiError> {
    let fields = StatementFields {
        merkle_root: element(root)?,
        context: hash_to_field(CONTEXT_DOMAIN, &agreement.canonical_bytes()),
        schema: claims::SCHEMA,
        disclosed: presentation.disclosed,
        mask: agreement.permissions.disclosure_mask(),
        predicates: predicates(agreement),
        presented_at: presentation.presented_at,
        max_data_age: presentation.max_data_age,
        min_expiry: presentation.min_expiry,
        institution_scope: hash_to_field(SCOPE_DOMAIN, &agreement.scope_bytes()),
        session_nullifier: element(&presentation.session_nullifier)?,
        applicant_reference: element(&presentation.applicant_reference)?,
    };
    Statement::new(fields).map_err(|error| invalid(&error.to_string()))
}

/// The predicates agreed to, as the circuit has them.
pub(super) fn predicates(agreement: &Agreement) -> [Option<Predicate>; PREDICATE_COUNT] {
    let mut predicates = [None; PREDICATE_COUNT];
    for (place, asked) in predicates.iter_mut().zip(&agreement.predicates) {
        let operator = match asked.operator {
            passid_api::predicate::Operator::AtLeast => Operator::AtLeast,
            passid_api::predicate::Operator::AtMost => Operator::AtMost,
            passid_api::predicate::Operator::Equal => Operator::Equal,
            passid_api::predicate::Operator::NotEqual => Operator::NotEqual,
        };
        *place = Some(Predicate { slot: asked.claim as u8, operator, bound: asked.bound });
    }
    predicates
}
