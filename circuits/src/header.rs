//! What a credential says about itself: the schema of its claims, the age of its data, its end.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Times are Unix seconds below this limit, 2^40 (about the year 36,800).
pub const TIME_LIMIT: u64 = 1 << 40;

/// The part of a credential the circuit reads beside the claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct CredentialHeader {
    /// Which meaning the sixteen slots have.
    pub schema: u32,
    /// When the newest data behind the claims was fetched, Unix seconds.
    pub data_timestamp: u64,
    /// When the credential ends, Unix seconds.
    pub expires_at: u64,
}

/// Why a header cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// A time is 2^40 seconds or more. Check the unit: it must be seconds.
    #[error("{field} is not a Unix time in seconds below 2^40")]
    TimeTooLarge {
        /// Which field.
        field: &'static str,
    },
}

impl HeaderError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TimeTooLarge { .. } => "header_time_too_large",
        }
    }
}

impl CredentialHeader {
    /// Checks the range of both times.
    ///
    /// # Errors
    /// [`HeaderError::TimeTooLarge`] names the field that is 2^40 or more.
    pub const fn validate(&self) -> Result<(), HeaderError> {
        if self.data_timestamp >= TIME_LIMIT {
            return Err(HeaderError::TimeTooLarge { field: "data_timestamp" });
        }
        if self.expires_at >= TIME_LIMIT {
            return Err(HeaderError::TimeTooLarge { field: "expires_at" });
        }
        Ok(())
    }
}
