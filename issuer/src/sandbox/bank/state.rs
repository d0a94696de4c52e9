//! Everything the running bank remembers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use passid_api::time::{Clock, Timestamp};

use super::books::Books;
use super::config::RegisteredClient;
use super::consent::{Consent, Scheme};
use super::faults::Faults;
use super::ledger::BookedCustomer;
use super::tokens::Tokens;

/// Shared by all handlers.
#[derive(Clone)]
pub(super) struct Bank(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    client: RegisteredClient,
    base_url: String,
    page_size: usize,
    books: Books,
    faults: Faults,
    memory: Mutex<Memory>,
}

/// What changes.
pub(super) struct Memory {
    pub(super) consents: HashMap<String, Consent>,
    pub(super) tokens: Tokens,
    /// Authorization requests waiting for a decision.
    pub(super) waiting: HashMap<String, AuthorizationRequest>,
    /// Rows left out so far, so that it is not always the same one.
    pub(super) left_out: usize,
    /// Times the identifiers were changed.
    pub(super) renamed: usize,
    /// Identifiers of statements clients signed.
    pub(super) statements: HashSet<String>,
    today: Option<(Date, Arc<[BookedCustomer]>)>,
}

/// A holder's browser on the bank's page.
#[derive(Clone)]
pub(super) struct AuthorizationRequest {
    pub(super) consent_id: String,
    pub(super) redirect_url: String,
    pub(super) state: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

impl Memory {
    /// A consent, as its own scheme knows it.
    pub(super) fn consent(&self, id: &str, scheme: Scheme) -> Option<&Consent> {
        self.consents.get(id).filter(|consent| consent.scheme() == scheme)
    }

    /// [`Memory::consent`], to change.
    pub(super) fn consent_mut(&mut self, id: &str, scheme: Scheme) -> Option<&mut Consent> {
        self.consents.get_mut(id).filter(|consent| consent.scheme() == scheme)
    }
}

impl Bank {
    pub(super) fn new(clock: Arc<dyn Clock>, client: RegisteredClient, base_url: String, page_size: usize, books: Books, random: rand::rngs::StdRng) -> Self {
        let memory = Memory {
            consents: HashMap::new(),
            tokens: Tokens::new(random),
            waiting: HashMap::new(),
            left_out: 0,
            renamed: 0,
            statements: HashSet::new(),
            today: None,
        };
        Self(Arc::new(Inner { clock, client, base_url, page_size: page_size.max(1), books, faults: Faults::default(), memory: Mutex::new(memory) }))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The bank's calendar runs on UTC.
    pub(super) fn today(&self) -> Date {
        let now = jiff::Timestamp::from_second(self.now().seconds()).unwrap_or_default();
        now.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    pub(super) fn client(&self) -> &RegisteredClient {
        &self.0.client
    }

    pub(super) fn base_url(&self) -> &str {
        &self.0.base_url
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    pub(super) fn page_size(&self) -> usize {
        self.0.page_size
    }

    /// What changes; never held while waiting for anything.
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        // A panic elsewhere leaves the maps whole: every change is one insertion or removal.
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody's books as of today, made once a day.
    pub(super) fn customers(&self) -> Arc<[BookedCustomer]> {
        let today = self.today();
        if let Some((_, customers)) = self.memory().today.as_ref().filter(|(day, _)| *day == today) {
            return Arc::clone(customers);
        }
        let customers = self.0.books.as_of(today);
        self.memory().today = Some((today, Arc::clone(&customers)));
        customers
    }
}
