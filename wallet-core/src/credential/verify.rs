//! Everything about a credential that can be checked is checked, when it arrives and whenever it is read again.

use passid_api::claims::disclosed::DisclosedClaims;
use passid_api::claims::{SCHEMA, Slot};
use passid_api::environment::Environment;
use passid_api::issuer::CredentialDocument;
use passid_api::time::Timestamp;
use passid_circuits::{Claims, CredentialHeader, FieldElement, SecretElement, credential_commitment};

use super::CredentialError;

/// How far the issuer's clock and this device's may differ.
pub(crate) const MAX_CLOCK_SKEW_SECONDS: i64 = 120;
/// No credential lives longer: an issuer that says otherwise is wrong about its dates.
const MAX_LIFETIME_SECONDS: i64 = 366 * 86_400;

/// A credential whose content was checked. Prints no claims.
#[derive(Clone)]
pub(crate) struct VerifiedCredential {
    pub(crate) document: CredentialDocument,
    pub(crate) claims: Claims,
    pub(crate) header: CredentialHeader,
    pub(crate) blinding: SecretElement,
    pub(crate) commitment: FieldElement,
}

/// What the credential is checked against.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) environment: Environment,
    pub(crate) holder_commitment: FieldElement,
}

impl VerifiedCredential {
    /// Checks the content of a document whose signature was verified: issuer, environment, schema, holder, claims, times, commitment.
    ///
    /// # Errors
    /// The first [`CredentialError`] found.
    pub(crate) fn check(document: CredentialDocument, expected: &Expected<'_>) -> Result<Self, CredentialError> {
        if document.iss != expected.issuer {
            return Err(CredentialError::OtherIssuer);
        }
        if document.environment != expected.environment {
            return Err(CredentialError::OtherEnvironment);
        }
        if document.schema != SCHEMA {
            return Err(CredentialError::UnknownSchema);
        }
        let element = |text: &str| text.parse::<FieldElement>().map_err(|_| CredentialError::Malformed);
        if element(&document.holder_commitment)? != expected.holder_commitment {
            return Err(CredentialError::OtherHolder);
        }
        let claims = Claims::new(document.claims).map_err(|_| CredentialError::Malformed)?;
        // Every claim must also be of its own form: what cannot be shown to a person is not shared either.
        DisclosedClaims::new(u16::MAX, document.claims).and_then(|all| all.to_json(0)).map_err(|_| CredentialError::Malformed)?;
        let header = CredentialHeader {
            schema: document.schema,
            data_timestamp: document.data_timestamp.unsigned_seconds(),
            expires_at: document.expires_at.unsigned_seconds(),
        };
        header.validate().map_err(|_| CredentialError::Times)?;
        check_times(&document)?;
        let blinding = SecretElement::new(element(&document.blinding)?).map_err(|_| CredentialError::Malformed)?;
        let commitment = credential_commitment(&claims, &header, expected.holder_commitment, &blinding);
        if element(&document.commitment)? != commitment {
            return Err(CredentialError::Commitment);
        }
        Ok(Self { document, claims, header, blinding, commitment })
    }

    /// A fresh credential must also fit this device's clock.
    ///
    /// # Errors
    /// [`CredentialError::Times`] when it is from the future, [`CredentialError::Expired`] when it has ended.
    pub(crate) fn check_clock(&self, now: Timestamp) -> Result<(), CredentialError> {
        if self.document.iat > now.seconds() + MAX_CLOCK_SKEW_SECONDS {
            return Err(CredentialError::Times);
        }
        if self.document.expires_at <= now { Err(CredentialError::Expired) } else { Ok(()) }
    }

    /// The claim in a slot.
    pub(crate) fn claim(&self, slot: Slot) -> u64 {
        self.claims.values().get(slot.index()).copied().unwrap_or_default()
    }
}

fn check_times(document: &CredentialDocument) -> Result<(), CredentialError> {
    let issued = Timestamp::from_seconds(document.iat).map_err(|_| CredentialError::Times)?;
    let age = issued.seconds_since(document.data_timestamp);
    let life = document.expires_at.seconds_since(issued);
    if age < -MAX_CLOCK_SKEW_SECONDS || life <= 0 || life > MAX_LIFETIME_SECONDS { Err(CredentialError::Times) } else { Ok(()) }
}

impl std::fmt::Debug for VerifiedCredential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "VerifiedCredential({}, claims redacted)", self.document.jti)
    }
}
