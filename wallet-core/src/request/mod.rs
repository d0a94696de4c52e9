//! Requests of institutions: read from a link, a QR image or a typed code, and looked up at the configured issuer.

mod error;
mod input;
mod lookup;
#[cfg(test)]
mod tests;

pub use self::error::RequestError;
pub use self::input::RequestInput;
pub(crate) use self::lookup::FoundRequest;
