//! Redeeming a share: decided and done in one transaction, so that of a hundred racers exactly one wins.

use passid_api::codes::RedeemableToken;
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, VerificationId};
use passid_api::policy::VerifierPolicy;
use passid_api::time::Timestamp;
use passid_api::verify::{DenyReason, VerifyRequest, VerifyResponse};

use crate::audit::{self, Action, Entry};
use crate::http::ApiError;
use crate::http::callers::KeyCaller;
use crate::sandbox::fixtures::{self, Fixture, Ready};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::share::{ShareContent, WaitingContent};
use crate::store::idempotency::NewAnswer;
use crate::store::shares::StoredShare;
use crate::store::{self, Connection};

use super::record::{self, RecordPlace, Shown};
use super::register::{Acceptance, Uses};

/// The digest a token is looked up by. A text that is no token has one too: it is found nowhere.
pub fn token_digest(service: &Service, text: &str) -> [u8; 32] {
    if let Some(digest) = fixtures::digest(service, text) {
        return digest;
    }
    match text.parse::<RedeemableToken>() {
        Ok(RedeemableToken::Code(code)) => service.sealer.digest(Purpose::Code, code.symbols()),
        Ok(RedeemableToken::Token(token)) => service.sealer.digest(Purpose::Code, token.symbols()),
        Err(_) => service.sealer.digest(Purpose::OneTimeValue, text.as_bytes()),
    }
}

/// Who redeems.
#[derive(Debug, Clone)]
pub struct Redeemer {
    /// The workspace.
    pub institution: InstitutionId,
    /// Sandbox or live.
    pub environment: Environment,
    /// As the audit log names it.
    pub actor: String,
}

impl From<&KeyCaller> for Redeemer {
    fn from(caller: &KeyCaller) -> Self {
        Self { institution: caller.institution, environment: caller.environment, actor: "api key".to_owned() }
    }
}

/// An answer made before the transaction, for a share that nothing spoke against. Nothing is decided by it.
pub struct Prepared {
    response: VerifyResponse,
    acceptance: Acceptance,
}

impl Prepared {
    /// What will be answered if nothing comes up.
    pub fn response(&self) -> &VerifyResponse {
        &self.response
    }

    /// What is written then, with the answer for a repeated request.
    pub fn answered(self, answer: Option<NewAnswer>) -> Acceptance {
        Acceptance { answer, ..self.acceptance }
    }
}

/// Reads the share, opens what waits in it and makes the answer, so that the one who writes need not; none when the answer would
/// be a refusal, or the token is a documented one.
///
/// # Errors
/// [`ApiError`] when the database fails.
pub async fn prepare(service: &Service, caller: &Redeemer, request: &VerifyRequest) -> Result<Option<Prepared>, ApiError> {
    let now = service.clock.now();
    let digest = token_digest(service, &request.token);
    let found = service.store.find_share(caller.environment, digest).await?;
    let Some(mut share) = found.filter(|share| !share.is_fixture && refuse_share(share, caller, now).is_none()) else { return Ok(None) };
    let Some(sealed) = share.sealed_content.take() else { return Ok(None) };
    let content: WaitingContent = ShareContent::open(service, share.id, &sealed)?;
    if is_stale(&content, &service.config.policy, now) {
        return Ok(None);
    }
    let id = service.with_random(|random| VerificationId::generate(service.clock.as_ref(), random));
    let mut response = record::accepted(service, id, now, &content.checked, share.predicates);
    echo(&mut response, request);
    let shown = Shown::of(&content.agreement, &content.presentation, &content.checked)?;
    let record = record::prepare(service, &place(caller, digest), &response, Some(shown))?;
    let entry = Entry { institution: caller.institution, action: Action::VerificationCompleted, subject: id.to_string(), actor: caller.actor.clone() };
    Ok(Some(Prepared { response, acceptance: Acceptance { uses: Uses::Share(share.id), answer: None, record, entry } }))
}

fn place(caller: &Redeemer, digest: [u8; 32]) -> RecordPlace {
    RecordPlace { institution: caller.institution, environment: caller.environment, token_digest: Some(digest), session: None }
}

fn echo(response: &mut VerifyResponse, request: &VerifyRequest) {
    response.token = Some(printed(&request.token));
    response.institution_reference.clone_from(&request.institution_reference);
}

/// Redeems the token for the caller, or says why not. Both are results, recorded and reported; neither is an error. `ready` is what
/// [`fixtures::prepare`] found.
///
/// # Errors
/// [`ApiError`] when the database fails; nothing happened then.
pub async fn redeem(
    service: &Service,
    connection: &mut Connection,
    caller: &Redeemer,
    request: &VerifyRequest,
    ready: Option<Ready>,
) -> Result<VerifyResponse, ApiError> {
    let now = service.clock.now();
    let digest = token_digest(service, &request.token);
    let id = service.with_random(|random| VerificationId::generate(service.clock.as_ref(), random));
    let place = place(caller, digest);
    let share = store::shares::find_by_digest(connection, caller.environment, digest).await?;

    let (mut response, shown) = match decide(service, connection, caller, share.as_ref(), ready, now).await? {
        Err(reason) => (record::refused(service, id, now, reason), None),
        Ok((share, content)) => {
            let response = record::accepted(service, id, now, &content.checked, share.predicates.clone());
            let shown = Shown::of(&content.agreement, &content.presentation, &content.checked)?;
            (response, Some(shown))
        }
    };
    echo(&mut response, request);
    record::store(service, connection, &place, &response, shown).await?;
    let action = if response.credential_valid { Action::VerificationCompleted } else { Action::VerificationFailed };
    audit::append(connection, caller.institution, action, &id.to_string(), &caller.actor, now).await?;
    Ok(response)
}

/// Checks what can be known, then takes the share: the one update of the row decides between racers.
async fn decide<'s>(
    service: &Service,
    connection: &mut Connection,
    caller: &Redeemer,
    share: Option<&'s StoredShare>,
    ready: Option<Ready>,
    now: Timestamp,
) -> Result<Result<(&'s StoredShare, WaitingContent), DenyReason>, ApiError> {
    let Some(share) = share else { return Ok(Err(DenyReason::TokenNotFound)) };
    if let Some(reason) = refuse_share(share, caller, now) {
        return Ok(Err(reason));
    }
    let Some(user) = store::users::find(connection, share.user).await? else { return Ok(Err(DenyReason::CredentialRevoked)) };
    if user.sanctions_match {
        return Ok(Err(DenyReason::HardDenySanctionsMatch));
    }
    if !store::credentials::has_active(connection, share.user, now).await? {
        return Ok(Err(DenyReason::CredentialRevoked));
    }
    let Some(sealed) = &share.sealed_content else { return Ok(Err(DenyReason::TokenAlreadyUsed)) };
    let content: WaitingContent = ShareContent::open(service, share.id, sealed)?;
    if is_stale(&content, &service.config.policy, now) {
        return Ok(Err(DenyReason::CredentialStale));
    }
    if let Some(reason) = ready.and_then(|ready| ready.found) {
        return Ok(Err(reason));
    }
    if share.is_fixture {
        return Ok(Ok((share, content)));
    }
    if store::shares::take(connection, share.id, caller.institution, now).await? { Ok(Ok((share, content))) } else { Ok(Err(DenyReason::TokenAlreadyUsed)) }
}

fn refuse_share(share: &StoredShare, caller: &Redeemer, now: Timestamp) -> Option<DenyReason> {
    if share.audience.is_some_and(|audience| audience != caller.institution) {
        Some(DenyReason::InstitutionMismatch)
    } else if share.revoked_at.is_some() {
        Some(DenyReason::TokenRevoked)
    } else if share.used_at.is_some() {
        Some(DenyReason::TokenAlreadyUsed)
    } else if share.expires_at <= now {
        Some(DenyReason::TokenExpired)
    } else {
        None
    }
}

/// The proof bounded the data's age when it was presented; time has passed since.
fn is_stale(content: &WaitingContent, policy: &VerifierPolicy, now: Timestamp) -> bool {
    let since = now.seconds_since(content.checked.presented_at).max(0).unsigned_abs();
    content.checked.max_data_age.saturating_add(since) > u64::from(policy.max_data_age_seconds) || content.checked.min_expiry <= now
}

/// A token as it is printed; what is none, shortened.
pub(crate) fn printed(text: &str) -> String {
    text.parse::<RedeemableToken>().map_or_else(|_| named_or_shortened(text), |token| token.to_string())
}

/// A documented sandbox token as it is documented, or what was sent.
fn named_or_shortened(text: &str) -> String {
    Fixture::named(text).map_or_else(|| shorten(text), Fixture::token)
}

/// What was sent as a token, in a length that can be answered and stored.
fn shorten(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(40).collect()
}
