//! Verification: what a presentation must show, and redeeming a share once.

pub mod http;
pub mod policy;
pub mod presentation;
pub mod proof;
pub mod record;
pub mod redeem;
