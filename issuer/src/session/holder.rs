//! Whether a holder may present at all: a revoked or matching account is refused at once, whatever its proof's head says.

use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::http::callers::WalletCaller;
use crate::service::Service;

/// Refuses holders without a valid credential and those a sanctions list matches.
///
/// # Errors
/// `sanctions_match`, `credential_not_valid`.
pub fn check_standing(service: &Service, caller: WalletCaller) -> Result<(), ApiError> {
    if caller.standing.sanctions_match {
        return Err(ApiError::new(ProblemCode::SanctionsMatch, "A screened sanctions list matches; nothing can be shared."));
    }
    if caller.standing.credential_until.is_none_or(|until| until <= service.clock.now()) {
        return Err(ApiError::new(ProblemCode::CredentialNotValid, "There is no valid credential; get a fresh one."));
    }
    Ok(())
}
