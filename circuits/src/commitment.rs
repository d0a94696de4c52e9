//! The four hashes that tie a credential, its holder and a presentation together (everything but the tree).

use crate::poseidon::{Domain, hash};
use crate::{Claims, CredentialHeader, FieldElement, SecretElement, SecretError, packing};

/// What the issuer learns of the holder secret: `Poseidon(tag, holder_secret)`.
///
/// # Errors
/// [`SecretError::Zero`] for a zero secret (a wiped one, for instance).
pub fn holder_commitment(holder_secret: &SecretElement) -> Result<FieldElement, SecretError> {
    let secret = SecretElement::new(*holder_secret.expose())?;
    Ok(hash(Domain::Holder, &[*secret.expose().as_fr()]).into())
}

/// The leaf of the credential tree: `Poseidon(tag, claims packed in 4, holder_commitment, header, blinding)`.
///
/// Times of 2^40 or more in `header` do not fit their place: validate the header first.
pub fn credential_commitment(claims: &Claims, header: &CredentialHeader, holder_commitment: FieldElement, blinding: &SecretElement) -> FieldElement {
    let [first, second, third, fourth] = packing::claims(claims.values());
    hash(Domain::Credential, &[first, second, third, fourth, *holder_commitment.as_fr(), packing::header(header), *blinding.expose().as_fr()]).into()
}

/// What makes a second presentation in one context visible: `Poseidon(tag, holder_secret, context)`.
pub fn session_nullifier(holder_secret: &SecretElement, context: FieldElement) -> FieldElement {
    hash(Domain::Nullifier, &[*holder_secret.expose().as_fr(), *context.as_fr()]).into()
}

/// The same holder at the same institution, and only there: `Poseidon(tag, holder_secret, institution_scope)`.
pub fn applicant_reference(holder_secret: &SecretElement, institution_scope: FieldElement) -> FieldElement {
    hash(Domain::Applicant, &[*holder_secret.expose().as_fr(), *institution_scope.as_fr()]).into()
}
