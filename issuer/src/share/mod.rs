//! Shares: a holder offers, an institution redeems once.

mod examples;
pub mod http;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use passid_api::agreement::Agreement;
use passid_api::ids::ShareId;
use passid_api::presentation::Presentation;

use crate::http::ApiError;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::verify::presentation::Checked;

/// What waits in a share until it is redeemed: sealed, because nobody has been shown it yet.
#[derive(Serialize, Deserialize)]
pub struct ShareContent {
    /// What the person agreed to.
    pub agreement: Agreement,
    /// As the wallet sent it.
    pub presentation: Presentation,
    /// What it showed when it arrived.
    pub checked: Checked,
}

impl ShareContent {
    /// Sealed for its row.
    ///
    /// # Errors
    /// [`ApiError`] when it cannot be sealed.
    pub fn seal(&self, service: &Service, share: ShareId) -> Result<Vec<u8>, ApiError> {
        let plain = Zeroizing::new(serde_json::to_vec(self)?);
        Ok(service.with_random(|random| service.sealer.seal(Purpose::Presentation, &share.to_string(), &plain, random))?)
    }

    /// Opened from its row.
    ///
    /// # Errors
    /// [`ApiError`] when it does not open.
    pub fn open(service: &Service, share: ShareId, sealed: &[u8]) -> Result<Self, ApiError> {
        Ok(serde_json::from_slice(&service.sealer.open(Purpose::Presentation, &share.to_string(), sealed)?)?)
    }
}
