//! The secrets of an endpoint: sealed at rest, two at once while one replaces the other.

use passid_api::ids::WebhookEndpointId;
use passid_api::time::Timestamp;
use passid_api::webhook::WebhookSecret;

use crate::http::ApiError;
use crate::sealing::{Purpose, SealError, Sealer};
use crate::service::Service;
use crate::store::webhooks::SecretsRow;

/// The secrets that sign at one moment, the newest first.
pub(super) struct SigningSecrets {
    pub(super) current: WebhookSecret,
    pub(super) previous: Option<WebhookSecret>,
}

/// A fresh secret, with its sealed form.
pub(super) fn generate(service: &Service, endpoint: WebhookEndpointId) -> Result<(WebhookSecret, Vec<u8>), ApiError> {
    service.with_random(|random| {
        let secret = WebhookSecret::generate(random);
        let sealed = service.sealer.seal(Purpose::WebhookSecret, &endpoint.to_string(), secret.expose().as_bytes(), random)?;
        Ok((secret, sealed))
    })
}

/// Opens the secrets that sign at `now`.
pub(super) fn open(sealer: &Sealer, endpoint: WebhookEndpointId, row: &SecretsRow, now: Timestamp) -> Result<SigningSecrets, SealError> {
    let open = |sealed: &[u8]| {
        let text = sealer.open(Purpose::WebhookSecret, &endpoint.to_string(), sealed)?;
        std::str::from_utf8(&text).ok().and_then(|text| text.parse::<WebhookSecret>().ok()).ok_or(SealError)
    };
    let overlaps = row.previous_until.is_some_and(|until| now < until);
    let previous = row.previous.as_deref().filter(|_| overlaps).map(open).transpose()?;
    Ok(SigningSecrets { current: open(&row.current)?, previous })
}
