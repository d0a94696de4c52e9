//! Faults real banks have shown, each with a switch: the next so many occasions go wrong, then all is well again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

passid_api::text_enum! {
    /// What can go wrong.
    pub enum Fault as "fault" {
        /// A page of transactions links to itself.
        PageLinksToItself = "page_links_to_itself",
        /// A page of transactions links to the balances.
        PageLinksElsewhere = "page_links_elsewhere",
        /// A page of transactions links to `null/…`.
        PageLinkIsNull = "page_link_is_null",
        /// A page that is not the last has no link to the next.
        PageLinkMissing = "page_link_missing",
        /// A page begins with the last row of the page before.
        RowRepeated = "row_repeated",
        /// The newest booked rows are also shown as pending, under other identifiers.
        PendingTwins = "pending_twins",
        /// Ranges of more than 180 days are refused with 400.
        LongRangeRefused = "long_range_refused",
        /// The end of the asked range is ignored.
        RangeEndIgnored = "range_end_ignored",
        /// A row in the middle of a page of six and more is left out; the next listing has it again.
        RowLeftOut = "row_left_out",
        /// The rows of a page come under other identifiers.
        IdentifiersChanged = "identifiers_changed",
        /// A consent of more than ninety days is refused with 400.
        LongConsentRefused = "long_consent_refused",
        /// A consent is granted for ninety days whatever was asked (Berlin Group).
        ConsentShortened = "consent_shortened",
        /// A consent to the names of owners is refused with 400 (Berlin Group).
        OwnerNamesRefused = "owner_names_refused",
        /// A page of transactions is offered for download only (Berlin Group).
        OnlyDownload = "only_download",
        /// 429 with `Retry-After: 2` on a resource.
        TooManyRequests = "too_many_requests",
        /// 500 on a resource.
        ResourceFault = "resource_fault",
        /// 500 on the token endpoint, before anything was exchanged.
        TokenFault = "token_fault",
        /// 500 on the token endpoint after the refresh token was exchanged: the new pair is lost, the old one dead.
        TokenFaultAfterExchange = "token_fault_after_exchange",
        /// An access token is refused before its time.
        AccessTokenDropped = "access_token_dropped",
        /// The customer withdraws the consent just before a resource is read.
        ConsentWithdrawn = "consent_withdrawn",
    }
}

/// The switches; a handle on the running bank's.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<BTreeMap<Fault, Pending>>>);

#[derive(Debug, Clone, Copy)]
struct Pending {
    /// Occasions that still go well.
    spared: u32,
    /// Occasions that then go wrong.
    times: u32,
}

impl Faults {
    /// The next `times` occasions go wrong.
    pub fn inject(&self, fault: Fault, times: u32) {
        self.inject_after(fault, 0, times);
    }

    /// The next `spared` occasions go well, then `times` go wrong.
    pub fn inject_after(&self, fault: Fault, spared: u32, times: u32) {
        self.switches().insert(fault, Pending { spared, times });
    }

    /// All is well again.
    pub fn clear(&self) {
        self.switches().clear();
    }

    /// Whether this occasion goes wrong.
    pub(super) fn strikes(&self, fault: Fault) -> bool {
        let mut switches = self.switches();
        let Some(pending) = switches.get_mut(&fault) else { return false };
        if pending.spared > 0 {
            pending.spared -= 1;
            return false;
        }
        let strikes = pending.times > 0;
        pending.times = pending.times.saturating_sub(1);
        strikes
    }

    fn switches(&self) -> MutexGuard<'_, BTreeMap<Fault, Pending>> {
        // Every change is one insertion or subtraction, whole even if somebody else panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_after_what_is_spared_and_only_so_often() {
        let faults = Faults::default();
        faults.inject_after(Fault::ResourceFault, 1, 2);
        let struck: Vec<bool> = (0..5).map(|_| faults.strikes(Fault::ResourceFault)).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert!(!faults.strikes(Fault::TokenFault));
    }
}
