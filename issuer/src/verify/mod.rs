//! Verification: what a presentation must show, and redeeming a share once.

pub mod evidence;
pub(crate) mod examples;
mod facts;
pub mod http;
pub mod package;
pub mod policy;
pub mod presentation;
pub mod proof;
pub mod record;
pub mod redeem;
#[cfg(test)]
mod redeem_tests;
pub mod register;
#[cfg(test)]
pub(crate) mod testing;
