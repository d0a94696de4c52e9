//! The contract between wallet, issuer and institution.
//!
//! Everything that crosses a wire has its type here, once: identifiers, codes, keys, the claim catalogue, requests and
//! answers, problems and events. The crate knows no database, no server and no proof system.

pub mod agreement;
pub mod api_key;
pub mod claims;
pub mod codes;
pub mod environment;
pub mod evidence;
pub mod history;
pub mod ids;
pub mod institution;
pub mod issuer;
pub mod jws;
pub mod legacy;
pub mod outcome;
pub mod package;
pub mod permission;
pub mod policy;
pub mod predicate;
pub mod presentation;
pub mod problem;
#[cfg(feature = "json-schema")]
pub mod schema;
pub mod session;
pub mod share;
pub mod signed_note;
pub mod text_enum;
pub mod time;
pub mod verify;
pub mod wallet;
pub mod webhook;

#[cfg(feature = "json-schema")]
#[doc(hidden)]
pub use schemars;

/// Answered in `X-PASSID-API-Version` on every response.
pub const API_VERSION: &str = "1";
/// When this version of the API was released.
pub const API_RELEASED: &str = "2026-11-21";
/// Name of the policy that decides which presentations the hosted verifier accepts.
pub const POLICY_VERSION: &str = "verifier_policy_v1";
/// Name of the header in which an institution sends its key.
pub const INSTITUTION_KEY_HEADER: &str = "x-institution-key";
/// Name of the header that makes a retried request safe.
pub const IDEMPOTENCY_KEY_HEADER: &str = "idempotency-key";
