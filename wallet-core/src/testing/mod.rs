//! What the tests stand on: an issuer on a loopback port that really signs, a prover that does not prove, a wallet in a temporary place.
//!
//! The fake issuer checks no proof: that wallet and verifier agree is shown end to end elsewhere. It does check what the wallet says about
//! itself, and it can lose requests and answers.

mod issuer;
mod prover;
mod wallet;

pub(crate) use self::issuer::{Behaviour, FakeIssuer, signer};
pub(crate) use self::prover::FakeProver;
pub(crate) use self::wallet::{Home, open_on_files, random};
