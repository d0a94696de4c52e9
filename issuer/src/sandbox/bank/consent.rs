//! Account access consents and their life: awaiting, authorised, rejected, withdrawn, expired.

use jiff::civil::Date;
use passid_api::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a consent may allow; the codes this bank serves, the same in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Permission {
    ReadAccountsBasic,
    ReadAccountsDetail,
    ReadBalances,
    ReadParty,
    ReadPartyPSU,
    ReadTransactionsBasic,
    ReadTransactionsCredits,
    ReadTransactionsDebits,
    ReadTransactionsDetail,
}

/// The states of a consent, as 4.0.0 calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConsentStatus {
    /// Waits for the customer.
    Awau,
    /// The customer refused.
    Rjct,
    /// In force.
    Auth,
    /// Withdrawn.
    Canc,
    /// Over.
    Expd,
}

/// In whose words a consent was made; it is known to that scheme alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Obie,
    BerlinGroup,
}

/// What a consent of the Berlin Group's scheme says besides.
#[derive(Clone)]
pub(super) struct BerlinGroupTerms {
    pub(super) valid_until: Date,
    pub(super) recurring: bool,
    /// Reads a day while the customer is not there.
    pub(super) frequency_per_day: usize,
    /// When it was read without the customer, of late.
    pub(super) unattended: Vec<Timestamp>,
    /// Whether the client, not the customer, ended it.
    pub(super) ended_by_client: bool,
}

/// One consent.
#[derive(Clone)]
pub(super) struct Consent {
    pub(super) permissions: Vec<Permission>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) transactions_from: Option<Timestamp>,
    pub(super) transactions_to: Option<Timestamp>,
    /// Who agreed, and to which accounts.
    pub(super) granted: Option<Grant>,
    /// With the Berlin Group's scheme alone.
    pub(super) terms: Option<BerlinGroupTerms>,
    status: ConsentStatus,
}

/// What a customer agreed to.
#[derive(Clone)]
pub(super) struct Grant {
    /// The customer.
    pub(super) customer: String,
    /// The accounts they chose.
    pub(super) accounts: Vec<String>,
}

impl Consent {
    pub(super) fn new(permissions: Vec<Permission>, now: Timestamp) -> Self {
        Self {
            permissions,
            created_at: now,
            updated_at: now,
            expires_at: None,
            transactions_from: None,
            transactions_to: None,
            granted: None,
            terms: None,
            status: ConsentStatus::Awau,
        }
    }

    /// In whose words it was made.
    pub(super) const fn scheme(&self) -> Scheme {
        if self.terms.is_some() { Scheme::BerlinGroup } else { Scheme::Obie }
    }

    /// Where the consent stands now: time may have ended it.
    pub(super) fn status(&self, now: Timestamp) -> ConsentStatus {
        match self.status {
            ConsentStatus::Awau | ConsentStatus::Auth if self.expires_at.is_some_and(|end| end <= now) => ConsentStatus::Expd,
            status => status,
        }
    }

    /// Where it stood when somebody last did something about it.
    pub(super) const fn last_status(&self) -> ConsentStatus {
        self.status
    }

    /// The customer agrees; only what waits can be agreed to.
    pub(super) fn grant(&mut self, grant: Grant, now: Timestamp) -> bool {
        self.decide(ConsentStatus::Auth, Some(grant), now)
    }

    /// The customer refuses; only what waits can be refused.
    pub(super) fn reject(&mut self, now: Timestamp) -> bool {
        self.decide(ConsentStatus::Rjct, None, now)
    }

    fn decide(&mut self, status: ConsentStatus, grant: Option<Grant>, now: Timestamp) -> bool {
        let waits = self.status(now) == ConsentStatus::Awau;
        if waits {
            self.status = status;
            self.granted = grant;
            self.updated_at = now;
        }
        waits
    }

    /// Ends the consent for good.
    pub(super) fn withdraw(&mut self, now: Timestamp) {
        if matches!(self.status(now), ConsentStatus::Awau | ConsentStatus::Auth) {
            self.status = ConsentStatus::Canc;
            self.updated_at = now;
        }
    }

    /// Whether the consent covers `permission`.
    pub(super) fn allows(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
