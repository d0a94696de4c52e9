//! An issuer on a loopback port: signs credentials and heads, keeps sessions and shares, remembers what it was sent.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use passid_api::claims::encoding::{Corridor, IncomeBand, SourceWindow};
use passid_api::claims::{SCHEMA, Slot};
use passid_api::codes::{SessionCode, ShareCode, ShareToken};
use passid_api::environment::Environment;
use passid_api::ids::{CredentialId, InstitutionId, SessionId, ShareId, UserId, VerificationId};
use passid_api::issuer::{CredentialDocument, IssuerDescription, SignedHead, TreeHead, TreePath};
use passid_api::jws::{DocumentSigner, DocumentType, KeyPurpose, KeySet};
use passid_api::permission::PermissionSet;
use passid_api::problem::{Problem, ProblemCode};
use passid_api::session::{Declined, Fulfilled, InstitutionSummary, PublicSession, SessionState};
use passid_api::share::{CreateShare, ShareCreated, ShareHistory, ShareView};
use passid_api::time::{Clock, ManualClock, Timestamp};
use passid_api::wallet::{
    Challenge, CredentialRequest, CredentialState, CredentialStatus, IssuedCredential, RebindRequest, RecoveryKeyRequest, RegisterRequest, TokenRequest,
    WalletToken, rebind_message, signed_message,
};
use passid_circuits::tree::{DEPTH, EMPTY_LEAF, MerklePath, empty_subtree_root};
use passid_circuits::{Claims, CredentialHeader, FieldElement, SecretElement, credential_commitment};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use serde_json::{Value, json};

/// What the issuer does with the next request that shares or declines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Refuses the head as stale.
    StaleHead,
    /// Does what was asked, but the answer is lost on the way.
    LoseAnswer,
    /// Never sees the request.
    LoseRequest,
    /// Refuses.
    Refuse(ProblemCode),
}

/// A request the issuer was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
}

/// Everything a test may look at or bend.
pub(crate) struct Inside {
    pub(crate) identifier: String,
    pub(crate) signer: DocumentSigner,
    pub(crate) published: KeySet,
    pub(crate) sessions: HashMap<SessionId, PublicSession>,
    pub(crate) shares: Vec<ShareView>,
    pub(crate) behaviour: VecDeque<Behaviour>,
    pub(crate) received: Vec<Received>,
    /// Times something took effect, by path.
    pub(crate) effects: Vec<String>,
    /// Bends a credential before it is signed.
    pub(crate) bend_credential: fn(&mut CredentialDocument),
    /// Bends a head before it is signed.
    pub(crate) bend_head: fn(&mut TreeHead),
    /// Bends a path before it is sent.
    pub(crate) bend_path: fn(&mut TreePath),
    /// The credential's signature is made for this kind of document.
    pub(crate) credential_type: DocumentType,
    pub(crate) tokens_valid: bool,
    /// Recovery keys by account.
    pub(crate) recovery_keys: HashMap<UserId, String>,
    answers: HashMap<String, (StatusCode, Vec<u8>)>,
    users: HashMap<String, (UserId, String)>,
    leaves: Vec<FieldElement>,
    credentials: Vec<CredentialStatus>,
    revocations: u64,
    last_head: Option<String>,
    random: StdRng,
}

/// The running issuer.
pub(crate) struct FakeIssuer {
    pub(crate) address: String,
    inside: Arc<Shared>,
}

struct Shared {
    inside: Mutex<Inside>,
    clock: Arc<ManualClock>,
}

type Answer = Result<Response, Refusal>;

struct Refusal(ProblemCode);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem::new(self.0, "said by the fake issuer");
        (StatusCode::from_u16(problem.status).unwrap(), serde_json::to_vec(&problem).unwrap()).into_response()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a handler returns")]
fn answer<T: Serialize>(value: &T) -> Answer {
    Ok((StatusCode::OK, serde_json::to_vec(value).unwrap()).into_response())
}

pub(crate) fn signer(seed: u8, environment: Environment) -> DocumentSigner {
    DocumentSigner::new(SigningKey::from_bytes(&[seed; 32]), environment, KeyPurpose::Credential)
}

impl FakeIssuer {
    pub(crate) async fn start(clock: Arc<ManualClock>) -> Self {
        let signer = signer(1, Environment::Sandbox);
        let inside = Inside {
            identifier: "https://issuer.test".to_owned(),
            published: KeySet { keys: vec![signer.public_key().clone()] },
            signer,
            sessions: HashMap::new(),
            shares: Vec::new(),
            behaviour: VecDeque::new(),
            received: Vec::new(),
            effects: Vec::new(),
            bend_credential: |_| {},
            bend_head: |_| {},
            bend_path: |_| {},
            credential_type: DocumentType::Credential,
            tokens_valid: true,
            recovery_keys: HashMap::new(),
            answers: HashMap::new(),
            users: HashMap::new(),
            leaves: Vec::new(),
            credentials: Vec::new(),
            revocations: 0,
            last_head: None,
            random: StdRng::seed_from_u64(77),
        };
        let inside = Arc::new(Shared { inside: Mutex::new(inside), clock });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = routes(inside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, inside }
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.inside.lock().unwrap()
    }

    /// A session of an approved institution that asks for these permissions and ends in ten minutes.
    pub(crate) fn session(&self, permissions: PermissionSet) -> PublicSession {
        let clock = &self.inside.clock;
        let mut inside = self.inside();
        let institution = InstitutionId::generate(clock.as_ref(), &mut inside.random);
        let session = PublicSession {
            request_id: SessionId::generate(clock.as_ref(), &mut inside.random),
            institution: InstitutionSummary { id: institution, name: "Acme Bank".to_owned(), display_name: None, approved: true },
            environment: Environment::Sandbox,
            permissions,
            predicates: Vec::new(),
            one_time: true,
            expires_at: clock.now().plus_seconds(600),
            expires_in_seconds: 600,
        };
        inside.sessions.insert(session.request_id, session.clone());
        session
    }

    /// The requests that shared or declined something, in order.
    pub(crate) fn sent(&self) -> Vec<Received> {
        self.inside().received.clone()
    }

    pub(crate) fn effects(&self) -> usize {
        self.inside().effects.len()
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.inside().behaviour.push_back(behaviour);
    }

    /// Begins a new tree, as if nothing had been issued; the next head still names the last one.
    pub(crate) fn forget_leaves(&self) {
        self.inside().leaves.clear();
    }

    /// Zeroes the newest credential's leaf.
    pub(crate) fn revoke_newest(&self) {
        let mut inside = self.inside();
        *inside.leaves.last_mut().unwrap() = EMPTY_LEAF;
        inside.credentials.last_mut().unwrap().status = CredentialState::Revoked;
        inside.revocations += 1;
    }
}

fn routes(state: Arc<Shared>) -> Router {
    Router::new()
        .route("/.well-known/passid-issuer", get(description))
        .route("/.well-known/jwks.json", get(keys))
        .route("/v1/wallet/challenge", post(challenge))
        .route("/v1/wallet/register", post(register))
        .route("/v1/wallet/token", post(token))
        .route("/v1/wallet/recovery-key", put(set_recovery_key).delete(forget_recovery_key))
        .route("/v1/wallet/rebind", post(rebind))
        .route("/v1/wallet/credentials", post(issue).get(credentials))
        .route("/v1/wallet/credentials/{id}/path", get(path))
        .route("/v1/tree/head", get(head))
        .route("/v1/sessions/{id}/public", get(session))
        .route("/v1/sessions/by-code/{code}/public", get(session_by_code))
        .route("/v1/sessions/{id}/fulfill", post(effect))
        .route("/v1/sessions/{id}/decline", post(effect))
        .route("/api/v1/bridge/share/create", post(effect))
        .route("/api/v1/bridge/share/revoke", post(effect))
        .route("/api/v1/bridge/share/user/{user}", get(shares))
        .with_state(state)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }
}

async fn description(State(shared): State<Arc<Shared>>) -> Answer {
    let identifier = shared.lock().identifier.clone();
    answer(&IssuerDescription {
        issuer: identifier,
        jwks_uri: "https://elsewhere.test/keys".to_owned(),
        claim_schema: "passid_claims_v1".to_owned(),
        policy_version: "p".to_owned(),
        model_version: "m".to_owned(),
        circuit: Value::Null,
        bank_providers: Vec::new(),
    })
}

async fn keys(State(shared): State<Arc<Shared>>) -> Answer {
    let keys = shared.lock().published.clone();
    answer(&keys)
}

async fn challenge(State(shared): State<Arc<Shared>>) -> Answer {
    answer(&Challenge { challenge: "Y2hhbGxlbmdl".to_owned(), expires_at: shared.clock.now().plus_seconds(60) })
}

fn signed(issuer: &str, device_key: &str, challenge: &str, commitment: &str, signature: &str) -> Result<(), Refusal> {
    verify(device_key, &signed_message(issuer, challenge, commitment), signature)
}

fn verify(key: &str, message: &[u8], signature: &str) -> Result<(), Refusal> {
    let refused = || Refusal(ProblemCode::Unauthenticated);
    let key: [u8; 32] = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(refused)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok()).ok_or_else(refused)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| refused())?;
    key.verify_strict(message, &signature).map_err(|_| refused())
}

fn wallet_token(user: UserId) -> Answer {
    answer(&WalletToken { user_id: user, access_token: format!("token-of-{user}"), expires_in: 600 })
}

async fn register(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request: RegisterRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    signed(&inside.identifier, &request.device_key, &request.challenge, &request.holder_commitment, &request.signature)?;
    if inside.users.contains_key(&request.device_key) {
        return Err(Refusal(ProblemCode::Conflict));
    }
    let user = UserId::generate(shared.clock.as_ref(), &mut inside.random);
    inside.users.insert(request.device_key, (user, request.holder_commitment));
    inside.tokens_valid = true;
    if inside.behaviour.front() == Some(&Behaviour::LoseAnswer) {
        inside.behaviour.pop_front();
        return Ok((StatusCode::BAD_GATEWAY, "lost").into_response());
    }
    wallet_token(user)
}

async fn token(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request: TokenRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    signed(&inside.identifier, &request.device_key, &request.challenge, "", &request.signature)?;
    let user = inside.users.get(&request.device_key).ok_or(Refusal(ProblemCode::Unauthenticated))?.0;
    inside.tokens_valid = true;
    wallet_token(user)
}

async fn set_recovery_key(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Answer {
    let request: RecoveryKeyRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    inside.recovery_keys.insert(user, request.recovery_key);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn forget_recovery_key(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    inside.recovery_keys.remove(&user);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn rebind(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request: RebindRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    signed(&inside.identifier, &request.device_key, &request.challenge, &request.holder_commitment, &request.signature)?;
    let message = rebind_message(&inside.identifier, &request.challenge, &request.device_key, &request.holder_commitment);
    verify(&request.recovery_key, &message, &request.recovery_signature)?;
    let user = inside.recovery_keys.iter().find(|(_, key)| **key == request.recovery_key).map(|(user, _)| *user);
    let user = user.ok_or(Refusal(ProblemCode::Unauthenticated))?;
    inside.users.retain(|_, (bound, _)| *bound != user);
    inside.users.insert(request.device_key, (user, request.holder_commitment));
    inside.tokens_valid = true;
    if inside.behaviour.front() == Some(&Behaviour::LoseAnswer) {
        inside.behaviour.pop_front();
        return Ok((StatusCode::BAD_GATEWAY, "lost").into_response());
    }
    wallet_token(user)
}

fn caller(inside: &Inside, headers: &HeaderMap) -> Result<UserId, Refusal> {
    let refused = Refusal(ProblemCode::Unauthenticated);
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer token-of-"));
    match token.and_then(|user| user.parse().ok()) {
        Some(user) if inside.tokens_valid => Ok(user),
        _ => Err(refused),
    }
}

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

async fn issue(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Answer {
    let _: CredentialRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let now = shared.clock.now();
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
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

async fn credentials(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let inside = shared.lock();
    caller(&inside, &headers)?;
    answer(&inside.credentials)
}

async fn path(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let now = shared.clock.now();
    let mut inside = shared.lock();
    caller(&inside, &headers)?;
    let path = tree_path(&mut inside, now);
    answer(&path)
}

async fn head(State(shared): State<Arc<Shared>>) -> Answer {
    let head = shared.lock().last_head.clone().ok_or(Refusal(ProblemCode::NotFound))?;
    answer(&SignedHead { head })
}

async fn session(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Answer {
    let inside = shared.lock();
    let found = id.parse().ok().and_then(|id: SessionId| inside.sessions.get(&id)).ok_or(Refusal(ProblemCode::NotFound))?;
    answer(found)
}

async fn session_by_code(State(shared): State<Arc<Shared>>, Path(code): Path<String>) -> Answer {
    code.parse::<SessionCode>().map_err(|_| Refusal(ProblemCode::NotFound))?;
    let inside = shared.lock();
    answer(inside.sessions.values().next().ok_or(Refusal(ProblemCode::NotFound))?)
}

async fn shares(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let inside = shared.lock();
    caller(&inside, &headers)?;
    answer(&ShareHistory { data: inside.shares.clone() })
}

/// Everything that shares, declines or revokes: idempotent, and with the failures of the way there and back.
async fn effect(State(shared): State<Arc<Shared>>, _: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Answer {
    let now = shared.clock.now();
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).ok_or(Refusal(ProblemCode::MalformedRequest))?.to_owned();
    inside.received.push(Received { path: uri.path().to_owned(), key: key.clone(), body: body.to_vec() });
    let behaviour = inside.behaviour.pop_front();
    match behaviour {
        Some(Behaviour::LoseRequest) => return Ok((StatusCode::BAD_GATEWAY, "lost").into_response()),
        Some(Behaviour::StaleHead) => return Err(Refusal(ProblemCode::StaleHead)),
        Some(Behaviour::Refuse(code)) => return Err(Refusal(code)),
        Some(Behaviour::LoseAnswer) | None => {}
    }
    if !inside.answers.contains_key(&key) {
        let value = take_effect(&mut inside, &shared, user, uri.path(), &body, now)?;
        inside.effects.push(uri.path().to_owned());
        inside.answers.insert(key.clone(), (StatusCode::OK, serde_json::to_vec(&value).unwrap()));
    }
    if behaviour == Some(Behaviour::LoseAnswer) {
        return Ok((StatusCode::BAD_GATEWAY, "lost").into_response());
    }
    Ok(inside.answers[&key].clone().into_response())
}

fn take_effect(inside: &mut Inside, shared: &Shared, _: UserId, path: &str, body: &[u8], now: Timestamp) -> Result<Value, Refusal> {
    if let Some(session) = path.strip_prefix("/v1/sessions/") {
        let (id, what) = session.split_once('/').unwrap();
        let id: SessionId = id.parse().map_err(|_| Refusal(ProblemCode::NotFound))?;
        inside.sessions.remove(&id).ok_or(Refusal(ProblemCode::Gone))?;
        let value = if what == "fulfill" {
            let verification_id = VerificationId::generate(shared.clock.as_ref(), &mut inside.random);
            serde_json::to_value(Fulfilled { status: SessionState::Completed, verification_id, verified_at: now })
        } else {
            serde_json::to_value(Declined { status: SessionState::Declined })
        };
        return Ok(value.unwrap());
    }
    if path.ends_with("/create") {
        let request: CreateShare = serde_json::from_slice(body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
        let share_id = ShareId::generate(shared.clock.as_ref(), &mut inside.random);
        let (code, token) = (ShareCode::generate(&mut inside.random), ShareToken::generate(&mut inside.random));
        inside.shares.push(ShareView {
            share_id,
            status: passid_api::share::ShareState::Active,
            permissions: request.permissions,
            audience: request.audience,
            created_at: now,
            expires_at: request.expires_at,
            used_at: None,
            used_by: None,
        });
        return Ok(serde_json::to_value(ShareCreated { share_id, code, token, expires_at: request.expires_at }).unwrap());
    }
    Ok(json!({}))
}
