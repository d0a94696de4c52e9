//! Transactions become claims: sixteen numbers with the reasons for them, and nothing else leaves this room.
//!
//! Each claim family has its file, its documented rule and its constants. Too little data gives "not verified" with a reason,
//! never a guess. The snapshot is taken by value and wiped when the derivation returns.

pub mod claims;
pub mod error;
pub mod evidence;

pub use claims::{DeclaredHolder, DerivedClaims, derive};
pub use error::DeriveError;

/// Name of the model behind the score, signed into every credential.
pub const MODEL_VERSION: &str = "passid_fsi_v0_1";
