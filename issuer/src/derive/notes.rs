//! The reasons that go with claims: stable codes and plain sentences, without amounts, names or dates.

use passid_api::claims::Slot;
use passid_api::issuer::ClaimNote;

/// Collects notes while claims are derived.
#[derive(Default)]
pub(super) struct Notes(Vec<ClaimNote>);

impl Notes {
    /// Adds a reason for the claim in `slot`.
    pub(super) fn add(&mut self, slot: Slot, code: &'static str, message: impl Into<String>) {
        self.0.push(ClaimNote { claim: slot.as_str().to_owned(), code: code.to_owned(), message: message.into() });
    }

    pub(super) fn into_vec(self) -> Vec<ClaimNote> {
        self.0
    }
}
