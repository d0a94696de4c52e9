//! Credentials, the tree they are in and its signed heads.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use passid_api::claims::encoding::{Corridor, IncomeBand, SourceWindow};
use passid_api::claims::{SCHEMA, Slot};
use passid_api::environment::Environment;
use passid_api::ids::CredentialId;
use passid_api::issuer::{CredentialDocument, SignedHead, TreeHead, TreePath};
use passid_api::jws::DocumentType;
use passid_api::problem::ProblemCode;
use passid_api::time::{Clock, Timestamp};
use passid_api::wallet::{CredentialRequest, CredentialState, CredentialStatus, IssuedCredential};
use passid_circuits::tree::{DEPTH, EMPTY_LEAF, MerklePath, empty_subtree_root};
use passid_circuits::{Claims, CredentialHeader, FieldElement, SecretElement, credential_commitment};

use super::state::{Inside, Shared};
use super::wire::{Answer, Refusal, answer, caller};

/// A person with a verified income of 3,456.78 pounds a month.
fn claims() -> [u64; 16] {
    let mut claims = [0; 16];
    let corridor = Corridor { origin: "KE".parse().unwrap(), destination: "GB".parse().unwrap(), currency: "GBP".parse().unwrap() };
    for (slot, value) in [
        (Slot::IdentityVerified, 1),
        (Slot::IncomeVerified, 1),
        (Slot::IncomeBand, IncomeBand::new(3_000, 4_000).unwrap().encode()),
        (Slot::IncomeMonthly, 345_678),
        (Slot::SanctionsScreeningClear, 1),
        (Slot::PaymentReliability, 987_654),
        (Slot::SourceWindow, SourceWindow { days: 180, accounts: 2 }.encode()),
        (Slot::CorridorAndCurrency, corridor.encode()),
        (Slot::AccountAgeMonths, 37),
    ] {
        claims[slot.index()] = value;
    }
    claims
}

pub(super) async fn issue(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Answer {
    let _: CredentialRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let now = shared.clock.now();
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    if inside.bank_links_ended {
        return Err(Refusal(ProblemCode::BankLinkNotReady));
    }
    let holder: FieldElement = inside.users.values().find(|(known, _)| *known == user).unwrap().1.parse().unwrap();
    let data_timestamp = now.plus_seconds(-5_000);
    let expires_at = now.plus_seconds(30 * 86_400);
    let blinding = SecretElement::random(&mut inside.random);
    let header = CredentialHeader { schema: SCHEMA, data_timestamp: data_timestamp.unsigned_seconds(), expires_at: expires_at.unsigned_seconds() };
    let commitment = credential_commitment(&Claims::new(claims()).unwrap(), &header, holder, &blinding);
    let id = CredentialId::generate(shared.clock.as_ref(), &mut inside.random);
    let mut document = CredentialDocument {
        iss: inside.identifier.clone(),
        jti: id,
        iat: now.seconds(),
        environment: Environment::Sandbox,
        schema: SCHEMA,
        claims: claims(),
        data_timestamp,
        expires_at,
        holder_commitment: holder.to_string(),
        blinding: blinding.expose().to_string(),
        commitment: commitment.to_string(),
        model_version: "m".to_owned(),
        sanctions_lists: Vec::new(),
        notes: Vec::new(),
    };
    (inside.bend_credential)(&mut document);
    inside.leaves.push(commitment);
    inside.credentials.push(CredentialStatus { credential_id: id, status: CredentialState::Active, issued_at: now, expires_at });
    let credential = inside.signer.sign(inside.credential_type, &document).unwrap();
    let path = tree_path(&mut inside, now);
    answer(&IssuedCredential { credential, path, transactions_read: 412 })
}

fn signed_head(inside: &mut Inside, root: FieldElement, now: Timestamp) -> String {
    let previous = inside.last_head.as_ref().map(|head| {
        use sha2::Digest;
        hex::encode(sha2::Sha256::digest(head.as_bytes()))
    });
    let mut head = TreeHead {
        iss: inside.identifier.clone(),
        environment: Environment::Sandbox,
        tree_size: inside.leaves.len() as u64,
        root: root.to_string(),
        revocations: inside.revocations,
        timestamp: now,
        previous: previous.unwrap_or_default(),
    };
    (inside.bend_head)(&mut head);
    let head = inside.signer.sign(DocumentType::TreeHead, &head).unwrap();
    inside.last_head = Some(head.clone());
    head
}

/// The path of the newest leaf, in a tree of at most four.
fn tree_path(inside: &mut Inside, now: Timestamp) -> TreePath {
    let index = inside.leaves.len() - 1;
    let leaf = |place: usize| inside.leaves.get(place).copied().unwrap_or(EMPTY_LEAF);
    let mut others = (0..4).filter(|place| *place != index).map(leaf);
    let first: [FieldElement; 3] = std::array::from_fn(|_| others.next().unwrap());
    drop(others);
    let siblings: [[FieldElement; 3]; DEPTH] = std::array::from_fn(|level| if level == 0 { first } else { [empty_subtree_root(level); 3] });
    let merkle = MerklePath { leaf_index: index as u64, siblings };
    let root = merkle.root(inside.leaves[index]);
    let head = signed_head(inside, root, now);
    let mut path = TreePath { leaf_index: index as u64, siblings: siblings.map(|level| level.map(|element| element.to_string())).to_vec(), head };
    (inside.bend_path)(&mut path);
    path
}

pub(super) async fn list(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let inside = shared.lock();
    caller(&inside, &headers)?;
    answer(&inside.credentials)
}

pub(super) async fn path(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let now = shared.clock.now();
    let mut inside = shared.lock();
    caller(&inside, &headers)?;
    let path = tree_path(&mut inside, now);
    answer(&path)
}

pub(super) async fn head(State(shared): State<Arc<Shared>>) -> Answer {
    let head = shared.lock().last_head.clone().ok_or(Refusal(ProblemCode::NotFound))?;
    answer(&SignedHead { head })
}
