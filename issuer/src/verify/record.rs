//! What a run of the verifier leaves: the answer, the evidence, the event.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use passid_api::agreement::Agreement;
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, VerificationId};
use passid_api::predicate::Predicate;
use passid_api::presentation::{CIRCUIT, PROOF_TYPE, Presentation};
use passid_api::session::ProofSummary;
use passid_api::time::Timestamp;
use passid_api::verify::{CredentialVerdict, DenyReason, SignatureSummary, VerifyResponse};
use passid_api::webhook::EventKind;
use passid_circuits::StatementFields;

use crate::derive::MODEL_VERSION;
use crate::http::ApiError;
use crate::service::Service;
use crate::store::verifications::{NewVerification, StoredVerification};
use crate::store::webhooks::EventRow;
use crate::store::{self, Connection, StoreError};
use crate::webhook;

use super::facts;
use super::presentation::Checked;

/// What lets an institution check a verification without trusting the server.
#[derive(Deserialize)]
pub struct Evidence {
    /// What the person agreed to, which the proof is bound to; absent from evidence written before it was kept.
    #[serde(default)]
    pub agreement: Option<Agreement>,
    /// The public statement.
    pub statement: StatementFields,
    /// The proof and the signed head.
    pub presentation: Presentation,
}

/// What is kept of a presentation that was accepted.
pub struct Shown {
    /// [`Evidence`], JSON.
    evidence: String,
    data_not_before: Timestamp,
}

impl Shown {
    /// What is kept of what `checked` found in this presentation; agreement, statement and presentation may be texts already.
    ///
    /// # Errors
    /// [`ApiError`] when something of it cannot be written as JSON.
    pub fn of<A: Serialize, P: Serialize, S: Serialize>(agreement: &A, presentation: &P, checked: &Checked<S>) -> Result<Self, ApiError> {
        #[derive(Serialize)]
        struct Text<'s, A, P, S> {
            agreement: &'s A,
            statement: &'s S,
            presentation: &'s P,
        }
        let evidence = serde_json::to_string(&Text { agreement, statement: &checked.statement, presentation })?;
        Ok(Self { evidence, data_not_before: checked.data_not_before() })
    }
}

/// Where a verification belongs.
#[derive(Debug, Clone)]
pub struct RecordPlace {
    /// Whose it is.
    pub institution: InstitutionId,
    /// Sandbox or live.
    pub environment: Environment,
    /// Digest of the token, when one was redeemed.
    pub token_digest: Option<[u8; 32]>,
    /// The session it answered, when one was.
    pub session: Option<passid_api::ids::SessionId>,
}

/// The proof's part in an answer.
pub fn proof_summary(valid: bool) -> ProofSummary {
    ProofSummary { proof_type: PROOF_TYPE.to_owned(), circuit: CIRCUIT.to_owned(), status: if valid { "verified" } else { "invalid" }.to_owned() }
}

/// The answer for a credential that can be relied on.
pub fn accepted<S>(service: &Service, id: VerificationId, now: Timestamp, checked: &Checked<S>, predicates: Vec<Predicate>) -> VerifyResponse {
    VerifyResponse {
        credential_valid: true,
        credential_status: CredentialVerdict::Active,
        issuer: Some(service.config.issuer().to_owned()),
        claims: Some(checked.claims.clone()),
        predicates,
        signature: Some(SignatureSummary { algorithm: "ed25519".to_owned(), status: "verified".to_owned(), key_id: checked.key_id.clone() }),
        proof: Some(proof_summary(true)),
        revocation_status: Some("not_revoked".to_owned()),
        head_timestamp: Some(checked.head_timestamp),
        applicant_ref: Some(checked.applicant_ref.clone()),
        expires_at: Some(checked.min_expiry),
        ..blank(service, id, now)
    }
}

/// The answer for a credential that cannot.
pub fn refused(service: &Service, id: VerificationId, now: Timestamp, reason: DenyReason) -> VerifyResponse {
    let proof = (reason == DenyReason::ProofInvalid).then(|| proof_summary(false));
    VerifyResponse {
        credential_valid: false,
        credential_status: reason.verdict(),
        reason_code: Some(reason.reason_code()),
        deny_reason: Some(reason),
        message: Some(reason.message().to_owned()),
        proof,
        ..blank(service, id, now)
    }
}

fn blank(service: &Service, id: VerificationId, now: Timestamp) -> VerifyResponse {
    VerifyResponse {
        credential_valid: false,
        verification_id: id,
        verified_at: now,
        credential_status: CredentialVerdict::Invalid,
        token: None,
        institution_reference: None,
        reason_code: None,
        deny_reason: None,
        message: None,
        issuer: None,
        claims: None,
        predicates: Vec::new(),
        signature: None,
        proof: None,
        revocation_status: None,
        head_timestamp: None,
        applicant_ref: None,
        raw_transactions_included: false,
        expires_at: None,
        policy_version: service.config.policy.version.clone(),
        model_version: MODEL_VERSION.to_owned(),
    }
}

/// What will be stored of an answer, made without the database.
pub struct Record {
    /// The answer with its evidence, if there is any.
    pub verification: NewVerification,
    /// What the institution's endpoints are told.
    pub event: EventRow,
}

/// Stores the answer with its evidence, if there is any, and its event, in the caller's transaction. Wake the deliveries after the commit.
///
/// # Errors
/// [`ApiError`] when the database fails.
pub async fn store(
    service: &Service,
    connection: &mut Connection,
    place: &RecordPlace,
    response: &VerifyResponse,
    shown: Option<Shown>,
) -> Result<(), ApiError> {
    Ok(write(connection, &[&prepare(service, place, response, shown)?], response.verified_at).await?)
}

/// Makes what [`write()`] stores.
///
/// # Errors
/// [`ApiError`] when something of it cannot be written as JSON.
pub fn prepare(service: &Service, place: &RecordPlace, response: &VerifyResponse, shown: Option<Shown>) -> Result<Record, ApiError> {
    let facts = facts::of(service, place, response, shown.as_ref().map(|shown| shown.data_not_before))?;
    let mut kept = response.clone();
    // The token is looked up by its digest; its text stays nowhere.
    kept.token = None;
    let stored = StoredVerification {
        id: response.verification_id,
        response: serde_json::to_string(&kept)?,
        evidence: shown.map(|shown| shown.evidence),
        created_at: response.verified_at,
    };
    let kind = if response.credential_valid { EventKind::VerificationCompleted } else { EventKind::VerificationFailed };
    let RecordPlace { institution, environment, token_digest, .. } = *place;
    let event = webhook::events::prepare(service, institution, environment, kind, Value::Object(event_data(place, response)))?;
    Ok(Record { verification: NewVerification { institution, environment, token_digest, stored, facts }, event })
}

/// Stores what [`prepare`] made, in the caller's transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn write(connection: &mut Connection, records: &[&Record], now: Timestamp) -> Result<(), StoreError> {
    let verifications: Vec<_> = records.iter().map(|record| &record.verification).collect();
    store::verifications::insert_each(connection, &verifications).await?;
    let events: Vec<_> = records.iter().map(|record| &record.event).collect();
    webhook::events::publish_each(connection, &events, now).await
}

fn event_data(place: &RecordPlace, response: &VerifyResponse) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("verification_id".to_owned(), json!(response.verification_id));
    data.insert("verified_at".to_owned(), json!(response.verified_at));
    if let Some(session) = place.session {
        data.insert("request_id".to_owned(), json!(session));
    }
    if let Some(token) = &response.token {
        data.insert("token".to_owned(), json!(token));
    }
    if let Some(reference) = &response.institution_reference {
        data.insert("institution_reference".to_owned(), json!(reference));
    }
    match (&response.claims, response.deny_reason) {
        (Some(claims), _) => {
            data.insert("proof_type".to_owned(), json!(PROOF_TYPE));
            data.insert("verified_claims".to_owned(), json!(claims));
            data.insert("applicant_ref".to_owned(), json!(response.applicant_ref));
        }
        (None, reason) => {
            data.insert("deny_reason".to_owned(), json!(reason));
            data.insert("reason_code".to_owned(), json!(response.reason_code));
        }
    }
    data
}
