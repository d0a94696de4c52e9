//! What every room of the wallet works with: the vault, the keystore, the clock, randomness, the issuer, the prover.

use std::sync::Arc;

use passid_api::environment::Environment;
use passid_api::time::Clock;
use tokio::sync::Mutex;

use crate::issuer::{AccessToken, IssuerClient};
use crate::keystore::DeviceKeystore;
use crate::presentation::ProofMaker;
use crate::random::Random;
use crate::vault::Vault;

/// The wallet's inside, shared by its rooms.
pub(crate) struct Core {
    pub(crate) vault: Vault,
    pub(crate) keystore: Arc<dyn DeviceKeystore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<Random>,
    pub(crate) issuer: IssuerClient,
    pub(crate) environment: Environment,
    pub(crate) prover: Arc<dyn ProofMaker>,
    /// The present access token.
    pub(crate) token: Mutex<Option<AccessToken>>,
    /// Held while an attempt to share runs: one at a time, at whichever issuer.
    pub(crate) presenting: Arc<Mutex<()>>,
}
