//! The people of a workspace: invited by a link that works once, given a role, removed.
//!
//! There is no mail server: the owner hands the link over. It counts for the address it was made for and for three days. A role is
//! read on every request, so a change and a removal hold from the next one on. A workspace always has an owner.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use passid_api::ids::{InstitutionId, InstitutionUserId, InvitationId};
use passid_api::institution::Role;
use passid_api::problem::{FieldError, Problem, ProblemCode};
use passid_api::time::Timestamp;

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::http::limits;
use crate::limit::{LimitName, Subject};
use crate::sealing::{Purpose, Sealer};
use crate::service::Service;
use crate::store::Connection;
use crate::store::institutions::{self as table, InvitationRow, UserRow};

use super::input::{EmailAddress, Fields, Password};
use super::{password, sign_in};

/// Seconds an invitation's link works: three days.
pub const INVITATION_SECONDS: i64 = 3 * 24 * 3_600;
/// Users and open invitations of a workspace together.
pub const MAX_MEMBERS: u32 = 100;

/// The secret of an invitation's link: 32 random bytes. Stored as a keyed digest.
#[derive(Clone)]
pub struct InvitationToken(Zeroizing<[u8; 32]>);

/// A text that is not the token of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an invitation")]
pub struct InvalidInvitation;

impl InvitationToken {
    fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }

    fn digest(&self, sealer: &Sealer) -> [u8; 32] {
        // The prefix keeps it apart from the other values that count once.
        let mut text = Zeroizing::new(b"invitation".to_vec());
        text.extend_from_slice(self.0.as_slice());
        sealer.digest(Purpose::OneTimeValue, &text)
    }
}

impl fmt::Debug for InvitationToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InvitationToken(redacted)")
    }
}

impl FromStr for InvitationToken {
    type Err = InvalidInvitation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new).map_err(|_| InvalidInvitation)?;
        Ok(Self(Zeroizing::new(bytes.as_slice().try_into().map_err(|_| InvalidInvitation)?)))
    }
}

/// A fresh invitation; its token is shown once. Stored sealed, so that the same form sent twice shows the same.
#[derive(Serialize, Deserialize)]
pub struct Invited {
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// What its link ends with.
    pub token: String,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Invited {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Invited(redacted)")
    }
}

fn email_error(code: &str, status: ProblemCode, message: &str) -> ApiError {
    let mut problem = Problem::new(status, message);
    problem.errors.push(FieldError { pointer: "/email".to_owned(), code: code.to_owned(), message: message.to_owned() });
    problem.into()
}

fn taken() -> ApiError {
    email_error("taken", ProblemCode::Conflict, "A user with this e-mail address exists, here or in another workspace; use another address.")
}

fn gone() -> ApiError {
    ApiError::new(ProblemCode::Gone, "This invitation was used, withdrawn, or has ended. Ask an owner of the workspace for a new link.")
}

/// Refuses whoever is no owner, in the transaction of the change: the caller may have been demoted since its request began. Writing
/// the audit entry before has locked the workspace, so changes of its people follow one another.
async fn check_owner(connection: &mut Connection, institution: InstitutionId, actor: InstitutionUserId) -> Result<(), ApiError> {
    match table::role_of(connection, institution, actor).await? {
        Some(role) if role.may_manage_team() => Ok(()),
        _ => Err(ApiError::new(ProblemCode::RoleNotAllowed, "Only an owner of the workspace manages its people.")),
    }
}

/// Refuses to leave a workspace without an owner.
async fn check_an_owner_is_left(connection: &mut Connection, institution: InstitutionId) -> Result<(), ApiError> {
    let (_, owners) = table::count_members(connection, institution).await?;
    let last = "A workspace needs an owner: make somebody else an owner first.";
    if owners == 0 { Err(ApiError::new(ProblemCode::Conflict, last)) } else { Ok(()) }
}

/// Invites somebody. An earlier invitation to the same address ends.
///
/// # Errors
/// `conflict` when the address has a user, or the workspace is full. `malformed_request` when it is no address.
pub(crate) async fn invite(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    actor: InstitutionUserId,
    email: &str,
    role: Role,
) -> Result<Invited, ApiError> {
    let email = EmailAddress::parse(email).map_err(|error| ApiError::field("/email", "invalid", error.to_string()))?;
    let now = service.clock.now();
    let (id, token) = service.with_random(|random| {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(bytes.as_mut_slice());
        (InvitationId::generate(service.clock.as_ref(), random), InvitationToken(bytes))
    });
    audit::append(connection, institution, Action::MemberInvited, &format!("{id} as {role}"), &actor.to_string(), now).await?;
    check_owner(connection, institution, actor).await?;
    if table::find_user(connection, email.expose()).await?.is_some() {
        return Err(taken());
    }
    let (members, _) = table::count_members(connection, institution).await?;
    let open = table::list_invitations(connection, institution, now, MAX_MEMBERS).await?.len();
    if members.unsigned_abs() + open as u64 >= u64::from(MAX_MEMBERS) {
        return Err(ApiError::new(ProblemCode::Conflict, format!("A workspace has at most {MAX_MEMBERS} users; remove one, or withdraw an invitation.")));
    }
    let expires_at = now.plus_seconds(INVITATION_SECONDS);
    let row = InvitationRow { id, institution, email: email.expose().to_owned(), role, invited_by: actor, expires_at };
    table::insert_invitation(connection, &row, token.digest(&service.sealer), now).await?;
    Ok(Invited { email: row.email, role, token: token.expose(), expires_at })
}

/// Withdraws an invitation: its link works no more.
///
/// # Errors
/// `not_found` when it is not the workspace's, was used or withdrawn.
pub(crate) async fn withdraw(
    connection: &mut Connection,
    institution: InstitutionId,
    actor: InstitutionUserId,
    id: InvitationId,
    now: Timestamp,
) -> Result<(), ApiError> {
    audit::append(connection, institution, Action::InvitationWithdrawn, &id.to_string(), &actor.to_string(), now).await?;
    check_owner(connection, institution, actor).await?;
    if table::withdraw_invitation(connection, institution, id).await? { Ok(()) } else { Err(ApiError::not_found()) }
}

/// Gives a user another role, from its next request on.
///
/// # Errors
/// `not_found` when it is not of the workspace, `conflict` when nobody would own it any more.
pub(crate) async fn change_role(
    connection: &mut Connection,
    institution: InstitutionId,
    actor: InstitutionUserId,
    user: InstitutionUserId,
    role: Role,
    now: Timestamp,
) -> Result<(), ApiError> {
    audit::append(connection, institution, Action::MemberRoleChanged, &format!("{user} to {role}"), &actor.to_string(), now).await?;
    check_owner(connection, institution, actor).await?;
    if !table::set_role(connection, institution, user, role).await? {
        return Err(ApiError::not_found());
    }
    check_an_owner_is_left(connection, institution).await
}

/// Removes a user: it is signed out everywhere, at once.
///
/// # Errors
/// `not_found` when it is not of the workspace, `conflict` when nobody would own it any more.
pub(crate) async fn remove(
    connection: &mut Connection,
    institution: InstitutionId,
    actor: InstitutionUserId,
    user: InstitutionUserId,
    now: Timestamp,
) -> Result<(), ApiError> {
    audit::append(connection, institution, Action::MemberRemoved, &user.to_string(), &actor.to_string(), now).await?;
    check_owner(connection, institution, actor).await?;
    if !table::remove_member(connection, institution, user, now).await? {
        return Err(ApiError::not_found());
    }
    check_an_owner_is_left(connection, institution).await
}

/// What an invitation's link leads to.
#[derive(Debug)]
pub struct Invitation {
    /// The workspace's name.
    pub workspace: String,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
}

/// The invitation behind a link.
///
/// # Errors
/// `gone` when it was used, withdrawn, has ended, or never was: they answer alike.
pub(crate) async fn invitation(service: &Service, token: &str) -> Result<Invitation, ApiError> {
    let token: InvitationToken = token.parse().map_err(|_| gone())?;
    let mut reader = service.store.reader().await?;
    let row = table::find_invitation(&mut reader, token.digest(&service.sealer), service.clock.now()).await?.ok_or_else(gone)?;
    let workspace = table::find(&mut reader, row.institution).await?.ok_or_else(gone)?;
    Ok(Invitation { workspace: workspace.name, email: row.email, role: row.role })
}

/// Accepts an invitation with a password, once, and returns the cookie's token: the new user is signed in.
///
/// # Errors
/// `gone` as for [`invitation`], `malformed_request` for the password, `conflict` when the address got a user meanwhile,
/// `rate_limited`.
pub(crate) async fn accept(service: &Service, network: IpAddr, token: &str, chosen: String) -> Result<String, ApiError> {
    let invited = invitation(service, token).await?;
    let mut fields = Fields::default();
    let chosen = fields.read("/password", Password::choose(chosen, &[&invited.email, &invited.workspace]));
    let chosen = chosen.ok_or_else(|| fields.into_error())?;
    limits::count(service, LimitName::Password, Subject::Address(network)).await?;
    let salt = |salt: &mut [u8]| service.with_random(|random| random.fill_bytes(salt));
    let password_hash = password::hash(chosen, salt).await.map_err(|error| ApiError::internal(&error))?;
    let digest = token.parse::<InvitationToken>().map_err(|_| gone())?.digest(&service.sealer);
    let inside = service.clone();
    let tokens = service.store.write(move |connection| Box::pin(async move { join(connection, &inside, digest, password_hash).await })).await?;
    Ok(tokens.refresh_token)
}

async fn join(
    connection: &mut Connection,
    service: &Service,
    digest: [u8; 32],
    password_hash: Zeroizing<String>,
) -> Result<passid_api::institution::SessionTokens, ApiError> {
    let now = service.clock.now();
    let row = table::find_invitation(connection, digest, now).await?.ok_or_else(gone)?;
    let id = service.with_random(|random| InstitutionUserId::generate(service.clock.as_ref(), random));
    // The workspace's lock before the invitation's, as everywhere here: whoever withdraws it at the same time goes first or second.
    audit::append(connection, row.institution, Action::MemberJoined, &format!("{id} by {}", row.id), &id.to_string(), now).await?;
    let row = table::take_invitation(connection, digest, now).await?.ok_or_else(gone)?;
    let user = UserRow { id, institution: row.institution, role: row.role, password_hash };
    if !table::insert_user(connection, &user, &row.email, now).await? {
        return Err(taken());
    }
    sign_in::begin(connection, service, row.institution, id).await
}
