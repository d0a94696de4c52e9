//! Shares: a holder offers, an institution redeems once.

mod examples;
pub mod http;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use passid_api::agreement::Agreement;
use passid_api::ids::ShareId;
use passid_api::presentation::Presentation;
use passid_circuits::StatementFields;

use crate::http::ApiError;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::verify::presentation::Checked;

/// What waits in a share until it is redeemed: sealed, because nobody has been shown it yet.
#[derive(Serialize, Deserialize)]
pub struct ShareContent<A = Agreement, P = Presentation, S = StatementFields> {
    /// What the person agreed to.
    pub agreement: A,
    /// As the wallet sent it.
    pub presentation: P,
    /// What it showed when it arrived.
    pub checked: Checked<S>,
}

/// A share's content as who redeems it needs it: what becomes evidence stays the text it is, and costs no reading and writing.
pub type WaitingContent = ShareContent<Box<RawValue>, Box<RawValue>, Box<RawValue>>;

impl ShareContent {
    /// Sealed for its row.
    ///
    /// # Errors
    /// [`ApiError`] when it cannot be sealed.
    pub fn seal(&self, service: &Service, share: ShareId) -> Result<Vec<u8>, ApiError> {
        let plain = Zeroizing::new(serde_json::to_vec(self)?);
        Ok(service.with_random(|random| service.sealer.seal(Purpose::Presentation, &share.to_string(), &plain, random))?)
    }
}

impl<A: DeserializeOwned, P: DeserializeOwned, S: DeserializeOwned> ShareContent<A, P, S> {
    /// Opened from its row.
    ///
    /// # Errors
    /// [`ApiError`] when it does not open.
    pub fn open(service: &Service, share: ShareId, sealed: &[u8]) -> Result<Self, ApiError> {
        Ok(serde_json::from_slice(&service.sealer.open(Purpose::Presentation, &share.to_string(), sealed)?)?)
    }
}
