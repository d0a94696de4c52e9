//! What one access token shows, and when it shows nothing.

use axum::http::{HeaderMap, header};

use super::consent::{Consent, ConsentStatus, Grant, Permission};
use super::faults::Fault;
use super::ledger::{BookedAccount, BookedCustomer};
use super::problem::Problem;
use super::state::Bank;
use super::tokens::Audience;

/// What one access token shows.
pub(super) struct View {
    pub(super) consent_id: String,
    pub(super) consent: Consent,
    grant: Grant,
    pub(super) customer: BookedCustomer,
}

impl View {
    /// Opens the view if the token is good, the consent in force and one of `needed` allowed.
    pub(super) fn open(bank: &Bank, headers: &HeaderMap, needed: &[Permission]) -> Result<Self, Problem> {
        let customers = bank.customers();
        let mut memory = bank.memory();
        if bank.faults().strikes(Fault::TooManyRequests) {
            return Err(Problem::TooMany(Some(2)));
        }
        if bank.faults().strikes(Fault::ResourceFault) {
            return Err(Problem::Fault);
        }
        if bank.faults().strikes(Fault::AccessTokenDropped) {
            memory.tokens.drop_access(bearer(headers)?);
        }
        if bank.faults().strikes(Fault::ConsentWithdrawn)
            && let Some(Audience::Consent(id)) = memory.tokens.audience(bearer(headers)?, bank.now()).cloned()
            && let Some(consent) = memory.consents.get_mut(&id)
        {
            consent.withdraw(bank.now());
        }
        let audience = memory.tokens.audience(bearer(headers)?, bank.now()).ok_or(Problem::Unauthorised)?;
        let Audience::Consent(id) = audience else { return Err(Problem::Forbidden("This token is for consents only")) };
        let consent = memory.consents.get(id).ok_or(Problem::Unauthorised)?;
        let status = consent.status(bank.now());
        if status != ConsentStatus::Auth {
            return Err(Problem::ConsentNotValid { expired: status == ConsentStatus::Expd });
        }
        if !needed.iter().any(|permission| consent.allows(*permission)) {
            return Err(Problem::Forbidden("The consent does not cover this resource"));
        }
        let grant = consent.granted.clone().ok_or(Problem::Fault)?;
        let customer = customers.iter().find(|customer| customer.id == grant.customer).cloned().ok_or(Problem::Fault)?;
        Ok(Self { consent_id: id.clone(), consent: consent.clone(), grant, customer })
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &BookedAccount> {
        self.customer.accounts.iter().filter(|account| self.grant.accounts.contains(&account.id))
    }

    pub(super) fn account(&self, id: &str) -> Result<&BookedAccount, Problem> {
        self.accounts().find(|account| account.id == id).ok_or(Problem::NotFound("There is no such account"))
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::Unauthorised)
}

/// Whether the token is the client's own: for consents, and for nothing else.
pub(super) fn require_client(bank: &Bank, headers: &HeaderMap) -> Result<(), Problem> {
    match bank.memory().tokens.audience(bearer(headers)?, bank.now()) {
        Some(Audience::Client) => Ok(()),
        Some(Audience::Consent(_)) => Err(Problem::Forbidden("This token is for account data only")),
        None => Err(Problem::Unauthorised),
    }
}
