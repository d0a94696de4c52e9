//! Consent: what is shown, what is agreed to, and the tie between the two.

mod approval;
mod error;
mod hash;
mod lines;
mod review;

pub use self::approval::{ApprovalSubject, KeystoreApproval, UserApproval};
pub use self::error::ConsentError;
pub use self::hash::RequestHash;
pub use self::lines::{ClaimLine, PredicateLine};
pub(crate) use self::lines::{claim_lines, predicate_lines};
pub use self::review::{ConsentReview, Obstacle, Verifier, Warning};
