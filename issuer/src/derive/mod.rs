//! Transactions become claims: sixteen numbers with the reasons for them, and nothing else leaves this room.
//!
//! Each claim family has its file, its documented rule and its constants. Too little data gives "not verified" with a reason,
//! never a guess. The snapshot is taken by value and wiped when the derivation returns.

mod category;
pub mod claims;
mod corridor;
pub mod error;
pub mod evidence;
mod fraud;
mod identity;
mod income;
mod material;
mod names;
mod notes;
mod payments;
mod recurring;
mod savings;
pub mod score;
pub mod streams;
#[cfg(test)]
mod testing;
mod window;

pub use claims::{Assessment, DeclaredHolder, DerivedClaims, assess, derive};
pub use error::DeriveError;
pub use evidence::EvidenceDigest;

/// Name of the model behind the score, signed into every credential.
pub const MODEL_VERSION: &str = score::model::VERSION;
