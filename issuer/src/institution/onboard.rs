//! Making a workspace: its first user, its four keys, its first sign-in, in one transaction.

use passid_api::api_key::{ApiKey, KeyKind};
use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId, InstitutionUserId};
use passid_api::institution::{EnvironmentKeys, InstitutionView, KeyPair, Onboard, Onboarded, Role};
use passid_api::problem::{FieldError, Problem, ProblemCode};
use zeroize::Zeroizing;

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::service::Service;
use crate::store::Connection;
use crate::store::institutions::{self as table, UserRow};

use super::input::{EmailAddress, Fields, Password, WorkspaceName};
use super::{password, sign_in};

/// A read request to onboard.
#[derive(Debug)]
pub(super) struct Applicant {
    pub(super) name: WorkspaceName,
    pub(super) email: EmailAddress,
    pub(super) password: Password,
}

impl Applicant {
    /// Reads all fields and reports all that are wrong.
    pub(super) fn read(request: Onboard) -> Result<Self, ApiError> {
        let mut fields = Fields::default();
        let about = [request.email.clone(), request.name.clone()];
        let name = fields.read("/name", WorkspaceName::parse(&request.name));
        let email = fields.read("/email", EmailAddress::parse(&request.email));
        let password = fields.read("/password", Password::choose(request.password, &[about[0].trim(), about[1].trim()]));
        match (name, email, password) {
            (Some(name), Some(email), Some(password)) => Ok(Self { name, email, password }),
            _ => Err(fields.into_error()),
        }
    }
}

/// A workspace that is ready to be written: the password is hashed.
pub(super) struct Prepared {
    name: WorkspaceName,
    email: EmailAddress,
    password_hash: Zeroizing<String>,
}

/// Does the slow part, before any transaction.
pub(super) async fn prepare(service: &Service, applicant: Applicant) -> Result<Prepared, ApiError> {
    let Applicant { name, email, password } = applicant;
    let random = |salt: &mut [u8]| service.with_random(|random| random.fill_bytes(salt));
    let password_hash = password::hash(password, random).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Prepared { name, email, password_hash })
}

fn taken() -> ApiError {
    let detail = "A user with this e-mail address exists; sign in, or use another address.";
    let mut problem = Problem::new(ProblemCode::Conflict, detail);
    problem.errors.push(FieldError { pointer: "/email".to_owned(), code: "taken".to_owned(), message: detail.to_owned() });
    problem.into()
}

/// Writes the workspace. The keys are in the answer and nowhere else.
///
/// # Errors
/// `conflict` when the address has a user.
pub(super) async fn create(connection: &mut Connection, service: &Service, prepared: Prepared) -> Result<Onboarded, ApiError> {
    let now = service.clock.now();
    let (id, user) =
        service.with_random(|random| (InstitutionId::generate(service.clock.as_ref(), random), InstitutionUserId::generate(service.clock.as_ref(), random)));
    let institution = InstitutionView { id, name: prepared.name.as_str().to_owned(), live_enabled: false, created_at: now };
    table::insert(connection, &institution).await?;
    let row = UserRow { id: user, institution: id, role: Role::Owner, password_hash: prepared.password_hash };
    if !table::insert_user(connection, &row, prepared.email.expose(), now).await? {
        return Err(taken());
    }
    let sandbox = key_pair(connection, service, id, Environment::Sandbox).await?;
    let live = key_pair(connection, service, id, Environment::Live).await?;
    let tokens = sign_in::begin(connection, service, id, user).await?;
    audit::append(connection, id, Action::InstitutionOnboarded, &id.to_string(), &user.to_string(), now).await?;
    let (access_token, refresh_token) = (tokens.access_token, tokens.refresh_token);
    Ok(Onboarded { institution, keys: EnvironmentKeys { sandbox, live }, access_token, refresh_token })
}

async fn key_pair(connection: &mut Connection, service: &Service, institution: InstitutionId, environment: Environment) -> Result<KeyPair, ApiError> {
    Ok(KeyPair {
        publishable: new_key(connection, service, institution, KeyKind::Publishable, environment).await?,
        secret: new_key(connection, service, institution, KeyKind::Secret, environment).await?,
    })
}

async fn new_key(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    kind: KeyKind,
    environment: Environment,
) -> Result<String, ApiError> {
    let (id, key) = service.with_random(|random| (ApiKeyId::generate(service.clock.as_ref(), random), ApiKey::generate(kind, environment, random)));
    table::insert_key(connection, id, institution, &key, service.clock.now()).await?;
    Ok(key.expose().to_owned())
}
