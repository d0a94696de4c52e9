//! Credentials: signing keys, the credential tree and its signed heads, issue and revocation.

pub(crate) mod examples;
pub mod http;
pub mod issue;
pub mod keys;
mod staging;
pub mod tree;

#[cfg(test)]
mod tests;
