//! Whether a holder may present at all: a revoked or matching account is refused at once, whatever its proof's head says.

use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::http::callers::WalletCaller;
use crate::service::Service;
use crate::store;

/// Refuses holders without a valid credential and those a sanctions list matches.
///
/// # Errors
/// `sanctions_match`, `credential_not_valid`.
pub async fn check_standing(service: &Service, caller: WalletCaller) -> Result<(), ApiError> {
    if caller.sanctions_match {
        return Err(ApiError::new(ProblemCode::SanctionsMatch, "A screened sanctions list matches; nothing can be shared."));
    }
    if !store::credentials::has_active(&mut service.store.reader().await?, caller.user, service.clock.now()).await? {
        return Err(ApiError::new(ProblemCode::CredentialNotValid, "There is no valid credential; get a fresh one."));
    }
    Ok(())
}
