//! The wallet backend: registration by device key, access tokens, moving to a new device, bank links, credentials, and the
//! holder's rights over the account.

mod account;
pub mod credentials;
mod examples;
pub mod http;
pub mod links;
pub mod recovery;
pub mod sign_in;
pub mod withdrawals;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
