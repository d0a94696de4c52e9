//! What only the holder knows, and a native mirror of every constraint that names what is wrong before any proving starts.

use core::fmt;

use zeroize::Zeroize;

use crate::statement::{Statement, StatementError};
use crate::tree::{CAPACITY, EMPTY_LEAF, MerklePath};
use crate::{
    Claims, ClaimsError, CredentialHeader, FieldElement, HeaderError, Operator, SecretElement, SecretError, applicant_reference, credential_commitment,
    holder_commitment, session_nullifier,
};

/// The private side of a presentation. Prints nothing and is wiped on drop.
#[derive(Clone)]
pub struct Witness {
    /// The credential's claims.
    pub claims: Claims,
    /// The credential's header.
    pub header: CredentialHeader,
    /// The blinding of the credential's commitment.
    pub blinding: SecretElement,
    /// The holder's secret.
    pub holder_secret: SecretElement,
    /// From the commitment to the root of a current head.
    pub path: MerklePath,
}

/// Why a witness does not satisfy a statement. Nothing here carries a claim's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// The request itself is malformed. Refuse it.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A claim is out of range. Fetch the credential again.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// The credential's header is malformed. Fetch the credential again.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A secret is unusable. The vault is damaged or was wiped.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The path's index is not below 2^30. Fetch the path again.
    #[error("the path's leaf index is not in the tree")]
    LeafIndex,
    /// Claims, header, secret and path lead to another root. Fetch a fresh path; if that fails, the credential was revoked.
    #[error("head does not contain this credential")]
    NotInTree,
    /// The commitment is zero, the mark of a revoked leaf. Ask for a new credential.
    #[error("the credential's commitment is the empty leaf")]
    EmptyLeaf,
    /// The credential has another schema than the one asked for. Ask for a new credential.
    #[error("credential has another schema than requested")]
    Schema,
    /// A disclosed value is not the credential's. Rebuild the statement.
    #[error("claim {slot} is disclosed with another value than the credential's")]
    Disclosed {
        /// Which claim.
        slot: usize,
    },
    /// A claim is below the requested bound. The holder does not meet the request.
    #[error("claim {slot} is below the requested bound")]
    BelowBound {
        /// Which claim.
        slot: u8,
    },
    /// A claim is above the requested bound. The holder does not meet the request.
    #[error("claim {slot} is above the requested bound")]
    AboveBound {
        /// Which claim.
        slot: u8,
    },
    /// A claim differs from the requested value. The holder does not meet the request.
    #[error("claim {slot} differs from the requested value")]
    NotEqual {
        /// Which claim.
        slot: u8,
    },
    /// A claim equals the value it must differ from. The holder does not meet the request.
    #[error("claim {slot} equals the value it must differ from")]
    Equal {
        /// Which claim.
        slot: u8,
    },
    /// The data is newer than the presentation. Check the clock.
    #[error("data is from after the presentation")]
    DataFromFuture,
    /// The data is too old. Refresh the credential.
    #[error("data is older than allowed")]
    DataTooOld,
    /// The credential ends too early. Refresh the credential.
    #[error("credential expires before the requested date")]
    ExpiresTooEarly,
    /// The nullifier belongs to another secret or context. Rebuild the statement.
    #[error("session nullifier does not belong to this holder and context")]
    Nullifier,
    /// The reference belongs to another secret or institution. Rebuild the statement.
    #[error("applicant reference does not belong to this holder and institution")]
    ApplicantReference,
}

impl WitnessError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Statement(error) => error.code(),
            Self::Claims(error) => error.code(),
            Self::Header(error) => error.code(),
            Self::Secret(error) => error.code(),
            Self::LeafIndex => "leaf_index_outside_tree",
            Self::NotInTree => "credential_not_in_tree",
            Self::EmptyLeaf => "credential_empty_leaf",
            Self::Schema => "schema_mismatch",
            Self::Disclosed { .. } => "disclosed_claim_differs",
            Self::BelowBound { .. } => "claim_below_bound",
            Self::AboveBound { .. } => "claim_above_bound",
            Self::NotEqual { .. } => "claim_not_equal",
            Self::Equal { .. } => "claim_equal",
            Self::DataFromFuture => "data_from_future",
            Self::DataTooOld => "data_too_old",
            Self::ExpiresTooEarly => "credential_expires_too_early",
            Self::Nullifier => "nullifier_mismatch",
            Self::ApplicantReference => "applicant_reference_mismatch",
        }
    }
}

impl Witness {
    /// The leaf this credential is in the tree.
    ///
    /// # Errors
    /// [`WitnessError::Header`] for times out of range, [`WitnessError::Secret`] for a wiped holder secret.
    pub fn commitment(&self) -> Result<FieldElement, WitnessError> {
        self.header.validate()?;
        let holder = holder_commitment(&self.holder_secret)?;
        Ok(credential_commitment(&self.claims, &self.header, holder, &self.blinding))
    }

    /// Whether this witness satisfies `statement`, constraint by constraint as the circuit has them.
    ///
    /// # Errors
    /// The first [`WitnessError`] found; the order puts what a person can act on first.
    pub fn check(&self, statement: &Statement) -> Result<(), WitnessError> {
        if self.path.leaf_index >= CAPACITY {
            return Err(WitnessError::LeafIndex);
        }
        let commitment = self.commitment()?;
        if commitment == EMPTY_LEAF {
            return Err(WitnessError::EmptyLeaf);
        }
        if self.header.schema != statement.schema {
            return Err(WitnessError::Schema);
        }
        self.check_times(statement)?;
        self.check_claims(statement)?;
        if self.path.root(commitment) != statement.merkle_root {
            return Err(WitnessError::NotInTree);
        }
        if session_nullifier(&self.holder_secret, statement.context) != statement.session_nullifier {
            return Err(WitnessError::Nullifier);
        }
        if applicant_reference(&self.holder_secret, statement.institution_scope) != statement.applicant_reference {
            return Err(WitnessError::ApplicantReference);
        }
        Ok(())
    }

    fn check_times(&self, statement: &Statement) -> Result<(), WitnessError> {
        match statement.presented_at.checked_sub(self.header.data_timestamp) {
            None => Err(WitnessError::DataFromFuture),
            Some(age) if age > statement.max_data_age => Err(WitnessError::DataTooOld),
            Some(_) if self.header.expires_at < statement.min_expiry => Err(WitnessError::ExpiresTooEarly),
            Some(_) => Ok(()),
        }
    }

    fn check_claims(&self, statement: &Statement) -> Result<(), WitnessError> {
        let claims = self.claims.values();
        for (slot, claim) in claims.iter().enumerate() {
            if statement.disclosed_claim(slot).is_some_and(|value| value != *claim) {
                return Err(WitnessError::Disclosed { slot });
            }
        }
        for predicate in statement.predicates.iter().flatten() {
            let slot = predicate.slot;
            let claim = claims.get(usize::from(slot)).copied().unwrap_or_default();
            if !predicate.holds_for(claim) {
                return Err(match predicate.operator {
                    Operator::AtLeast => WitnessError::BelowBound { slot },
                    Operator::AtMost => WitnessError::AboveBound { slot },
                    Operator::Equal => WitnessError::NotEqual { slot },
                    Operator::NotEqual => WitnessError::Equal { slot },
                });
            }
        }
        Ok(())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // Claims and secrets wipe themselves.
        self.header.zeroize();
        self.path.zeroize();
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Witness(..)")
    }
}
