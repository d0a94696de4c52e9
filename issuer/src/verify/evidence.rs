//! Checks an evidence bundle without asking the server: what the institution, or its auditor, does years later.
//!
//! Nothing in the bundle is believed because it is there. The signature is checked under the issuer's key, the proof under the
//! pinned verification key, and what was agreed is hashed again to what the proof is bound to.

use serde::Deserialize;
use serde_json::{Map, Value};

use passid_api::agreement::{Agreement, CONTEXT_DOMAIN, Purpose, SCOPE_DOMAIN};
use passid_api::claims::disclosed::DisclosedClaims;
use passid_api::issuer::TreeHead;
use passid_api::jws::{DocumentType, JwsError, KeyPurpose, KeySet};
use passid_api::time::Timestamp;
use passid_circuits::{ArtifactError, FieldElement, Proof, Statement, StatementError, StatementFields, Verifier, hash_to_field};

use super::presentation;

/// What `GET /v1/verifications/{id}/evidence` answers.
#[derive(Clone, Deserialize)]
pub struct Bundle {
    /// The server's number for the verification; nothing proves it.
    pub verification_id: String,
    /// What the person agreed to.
    pub agreement: Option<Agreement>,
    /// What the proof says.
    pub statement: StatementFields,
    /// The same as the circuit sees it.
    pub public_signals: Vec<FieldElement>,
    /// The proof.
    pub proof: Value,
    /// The signed head of the credential tree.
    pub head: String,
    /// The issuer's keys as the server gave them.
    pub issuer_keys: KeySet,
}

/// Why a bundle does not prove what it says. Each names the part that was changed, or does not belong to the others.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// Fetch the bundle again.
    #[error("the bundle is not readable at {path}: {message}")]
    Unreadable {
        /// Where in the document.
        path: String,
        /// What is wrong there.
        message: String,
    },
    /// The head was changed, or the key set is not the issuer's.
    #[error("the tree head is not signed by the issuer: {0}")]
    HeadSignature(JwsError),
    /// The key that signed is for another environment than the head names.
    #[error("the tree head is signed with a key of another environment")]
    HeadEnvironment,
    /// The statement rests on another tree than the signed one.
    #[error("the proof is for another credential tree than the signed head's")]
    Root,
    /// The head is older than you accept.
    #[error("the tree head was {age} s old when the claims were presented; you accept {accepted} s")]
    HeadTooOld {
        /// Seconds between signing and presenting.
        age: i64,
        /// Seconds accepted.
        accepted: i64,
    },
    /// The statement is none the circuit can speak about.
    #[error("the statement is malformed: {0}")]
    Statement(StatementError),
    /// What was agreed was changed, or belongs to another presentation.
    #[error("what was agreed does not match the proof: {0}")]
    Agreement(&'static str),
    /// The list of public signals was changed.
    #[error("the public signals are not those of the statement")]
    PublicSignals,
    /// The proof is not readable.
    #[error("the proof is not 128 bytes that decode to points of the curve")]
    ProofUnreadable,
    /// A claim, a time or the proof itself was changed.
    #[error("the proof does not verify for this statement: a claim, a time or the proof itself was changed")]
    Proof,
    /// A disclosed value is out of its range.
    #[error("a disclosed claim has an impossible value")]
    Claims,
    /// Reinstall this program.
    #[error("this program's verification key is damaged: {0}")]
    Circuit(#[from] ArtifactError),
}

/// What a bundle proves.
#[derive(Debug, Clone)]
pub struct Proved {
    /// The issuer that signed.
    pub issuer: String,
    /// Its key.
    pub key_id: String,
    /// What the person agreed to, unless the bundle does not say.
    pub agreement: Option<Agreement>,
    /// The disclosed claims.
    pub claims: Map<String, Value>,
    /// When they were presented.
    pub presented_at: Timestamp,
    /// The bank data was at most so old then, seconds.
    pub data_age: u64,
    /// Until when the credential lasts at least.
    pub valid_until: Timestamp,
    /// The head the proof rests on.
    pub head: TreeHead,
}

/// Reads a bundle.
///
/// # Errors
/// [`EvidenceError::Unreadable`].
pub fn read(json: &[u8]) -> Result<Bundle, EvidenceError> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| EvidenceError::Unreadable { path: error.path().to_string(), message: error.inner().to_string() })
}

/// Checks everything the bundle says, under `keys`, or under the keys it carries when there are none. `max_head_age` is in seconds.
///
/// # Errors
/// [`EvidenceError`] with the first part that does not hold.
pub fn check(bundle: &Bundle, keys: Option<&KeySet>, max_head_age: i64) -> Result<Proved, EvidenceError> {
    let keys = keys.unwrap_or(&bundle.issuer_keys);
    let (head, key) = keys.verify::<TreeHead>(DocumentType::TreeHead, KeyPurpose::Credential, &bundle.head).map_err(EvidenceError::HeadSignature)?;
    if key.passid_environment != head.environment {
        return Err(EvidenceError::HeadEnvironment);
    }
    let statement = Statement::new(bundle.statement.clone()).map_err(EvidenceError::Statement)?;
    if head.root.parse() != Ok(statement.merkle_root) {
        return Err(EvidenceError::Root);
    }
    if let Some(agreement) = &bundle.agreement {
        check_agreement(agreement, &statement, &head)?;
    }
    if bundle.public_signals != statement.public_signals() {
        return Err(EvidenceError::PublicSignals);
    }
    let proof: Proof = serde_json::from_value(bundle.proof.clone()).map_err(|_| EvidenceError::ProofUnreadable)?;
    Verifier::embedded()?.verify(&statement, &proof).map_err(|_| EvidenceError::Proof)?;

    let time = |seconds: u64| i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_seconds(seconds).ok()).ok_or(EvidenceError::Claims);
    let presented_at = time(statement.presented_at)?;
    let age = presented_at.seconds_since(head.timestamp);
    if age > max_head_age {
        return Err(EvidenceError::HeadTooOld { age, accepted: max_head_age });
    }
    let disclosed = DisclosedClaims::new(statement.mask, statement.disclosed).map_err(|_| EvidenceError::Claims)?;
    Ok(Proved {
        issuer: head.iss.clone(),
        key_id: key.kid.clone(),
        agreement: bundle.agreement.clone(),
        claims: disclosed.to_json(statement.max_data_age.div_ceil(3_600)).map_err(|_| EvidenceError::Claims)?,
        presented_at,
        data_age: statement.max_data_age,
        valid_until: time(statement.min_expiry)?,
        head,
    })
}

/// Hashes what was agreed to what the proof is bound to.
fn check_agreement(agreement: &Agreement, statement: &Statement, head: &TreeHead) -> Result<(), EvidenceError> {
    let wrong = EvidenceError::Agreement;
    if agreement.environment != head.environment {
        return Err(wrong("it is for another environment than the tree head"));
    }
    if agreement.permissions.disclosure_mask() != statement.mask {
        return Err(wrong("other permissions were given than claims disclosed"));
    }
    if presentation::predicates(agreement) != statement.predicates {
        return Err(wrong("other facts were agreed to than proved"));
    }
    if hash_to_field(SCOPE_DOMAIN, &agreement.scope_bytes()) != statement.institution_scope {
        return Err(wrong("it is for another institution"));
    }
    if hash_to_field(CONTEXT_DOMAIN, &agreement.canonical_bytes()) != statement.context {
        return Err(wrong("the proof is bound to another request, end or agreement"));
    }
    Ok(())
}

impl Proved {
    /// What was proved, in sentences for a person.
    pub fn sentences(&self) -> Vec<String> {
        let mut all = vec![
            format!(
                "The issuer {} held this person's credential in its tree when it signed the head of {} (key {}).",
                self.issuer, self.head.timestamp, self.key_id
            ),
            "The credential was not revoked as of that head.".to_owned(),
            format!("The claims below are that credential's, presented at {}.", self.presented_at),
            format!("The bank data behind them was at most {} hours old then.", self.data_age.div_ceil(3_600)),
            format!("The credential lasts at least until {}.", self.valid_until),
        ];
        match &self.agreement {
            Some(agreement) => {
                let to = match agreement.purpose {
                    Purpose::Session { institution, session } => format!("institution {institution} for its request {session}"),
                    Purpose::Share { audience: Some(institution), .. } => format!("institution {institution} with a share"),
                    Purpose::Share { audience: None, .. } => "whoever redeemed the share first".to_owned(),
                };
                all.push(format!(
                    "The person agreed to show them to {to}, until {}; the proof is bound to exactly that ({}).",
                    agreement.expires_at, agreement.environment
                ));
                for predicate in &agreement.predicates {
                    all.push(format!("Proved without showing the figure: {} {} {}.", predicate.claim, predicate.operator, predicate.bound));
                }
            }
            None => all.push("The bundle does not say what was agreed, so this does not show for whom the presentation was made.".to_owned()),
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use super::*;

    /// What is put where, and the error that must name it.
    type Tampering = (&'static str, Value, fn(&EvidenceError) -> bool);
    use crate::institution::testing::{Api, Workspace};
    use crate::testing::TestIssuer;

    /// A real bundle, of a documented sandbox token.
    async fn bundle() -> (Value, KeySet) {
        let database = crate::store::testing::sqlite();
        let issuer = TestIssuer::start(&database).await;
        let workspace = Workspace::onboard(&Api::new(&issuer.service), "ada@meridian.example").await;
        let headers = [("x-institution-key", workspace.onboarded.keys.sandbox.secret.as_str())];
        let verified = workspace.api.call(Method::POST, "/v1/verify", &headers, &json!({ "token": "PASSID-SANDBOX-TIER1AAA" })).await;
        let path = format!("/v1/verifications/{}/evidence", verified.body["verification_id"].as_str().unwrap());
        (workspace.api.call(Method::GET, &path, &headers, &Value::Null).await.body, KeySet::clone(&issuer.service.keys.public_keys()))
    }

    fn check(bundle: &Value, keys: Option<&KeySet>) -> Result<Proved, EvidenceError> {
        super::check(&read(bundle.to_string().as_bytes())?, keys, 300)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_whole_bundle_is_proof_and_every_tampering_is_named() {
        let (whole, keys) = bundle().await;
        let proved = check(&whole, Some(&keys)).unwrap();
        assert_eq!(proved.claims["fsi_score"], 812);
        assert!(proved.sentences().iter().any(|sentence| sentence.contains("not revoked")));
        assert!(check(&whole, None).is_ok());

        let other_key = KeySet { keys: Vec::new() };
        assert!(matches!(check(&whole, Some(&other_key)), Err(EvidenceError::HeadSignature(JwsError::UnknownKey))));
        assert!(matches!(super::check(&read(whole.to_string().as_bytes()).unwrap(), None, -1), Err(EvidenceError::HeadTooOld { .. })));

        let head = whole["head"].as_str().unwrap();
        let altered_head = format!("{}{}", &head[..head.len() - 20], "A".repeat(20));
        let proof = whole["proof"].as_str().unwrap();
        let other_proof = format!("{}{}", &proof[..proof.len() - 1], if proof.ends_with('A') { 'Q' } else { 'A' });
        let tamperings: [Tampering; 14] = [
            ("/head", json!(altered_head), |error| matches!(error, EvidenceError::HeadSignature(JwsError::BadSignature | JwsError::Malformed))),
            ("/statement/merkle_root", json!("5"), |error| matches!(error, EvidenceError::Root)),
            ("/statement/disclosed/11", json!(900), |error| matches!(error, EvidenceError::PublicSignals)),
            ("/statement/disclosed/3", json!(1), |error| matches!(error, EvidenceError::Statement(_) | EvidenceError::Unreadable { .. })),
            ("/statement/presented_at", json!(1_700_000_000), |error| matches!(error, EvidenceError::PublicSignals)),
            ("/statement/context", json!("5"), |error| matches!(error, EvidenceError::Agreement(_))),
            ("/statement/institution_scope", json!("5"), |error| matches!(error, EvidenceError::Agreement(_))),
            ("/agreement/environment", json!("live"), |error| matches!(error, EvidenceError::Agreement(_))),
            ("/agreement/permissions", json!(["income_verified"]), |error| matches!(error, EvidenceError::Agreement(_))),
            ("/agreement/predicates", json!([{"claim": "income_monthly", "operator": ">=", "value": 1}]), |error| {
                matches!(error, EvidenceError::Agreement(_) | EvidenceError::Unreadable { .. })
            }),
            ("/agreement/expires_at", json!("2030-01-01T00:00:00Z"), |error| matches!(error, EvidenceError::Agreement(_))),
            ("/public_signals/1", json!("5"), |error| matches!(error, EvidenceError::PublicSignals)),
            ("/proof", json!(other_proof), |error| matches!(error, EvidenceError::Proof | EvidenceError::ProofUnreadable)),
            ("/proof", json!(7), |error| matches!(error, EvidenceError::ProofUnreadable)),
        ];
        for (pointer, value, named) in tamperings {
            let mut changed = whole.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            let error = check(&changed, Some(&keys)).expect_err(pointer);
            assert!(named(&error), "{pointer}: {error}");
        }
        // Claims and signals changed together: only the proof itself can tell.
        let mut changed = whole.clone();
        changed["statement"]["disclosed"][11] = json!(900);
        let fields: StatementFields = serde_json::from_value(changed["statement"].clone()).unwrap();
        changed["public_signals"] = json!(Statement::new(fields).unwrap().public_signals());
        assert!(matches!(check(&changed, Some(&keys)), Err(EvidenceError::Proof)));
    }

    #[test]
    fn what_is_no_bundle_is_said_where() {
        for text in ["", "[]", "{}", r#"{"verification_id": 5}"#, &"[".repeat(10_000)] {
            assert!(matches!(read(text.as_bytes()), Err(EvidenceError::Unreadable { .. })), "{}", text.len());
        }
    }
}
