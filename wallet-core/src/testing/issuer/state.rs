//! What the issuer knows, open to the test that bends it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::StatusCode;
use passid_api::environment::Environment;
use passid_api::ids::{SessionId, UserId};
use passid_api::issuer::{CredentialDocument, TreeHead, TreePath};
use passid_api::jws::{DocumentSigner, DocumentType, KeySet};
use passid_api::session::PublicSession;
use passid_api::share::ShareView;
use passid_api::time::ManualClock;
use passid_api::wallet::CredentialStatus;
use passid_circuits::FieldElement;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::effects::{Behaviour, Received};
use super::signer;

/// Everything a test may look at or bend.
pub(crate) struct Inside {
    pub(crate) identifier: String,
    pub(crate) signer: DocumentSigner,
    pub(crate) published: KeySet,
    pub(crate) sessions: HashMap<SessionId, PublicSession>,
    pub(crate) shares: Vec<ShareView>,
    pub(crate) behaviour: VecDeque<Behaviour>,
    pub(crate) received: Vec<Received>,
    /// Times something took effect, by path.
    pub(crate) effects: Vec<String>,
    /// Bends a credential before it is signed.
    pub(crate) bend_credential: fn(&mut CredentialDocument),
    /// Bends a head before it is signed.
    pub(crate) bend_head: fn(&mut TreeHead),
    /// Bends a path before it is sent.
    pub(crate) bend_path: fn(&mut TreePath),
    /// The credential's signature is made for this kind of document.
    pub(crate) credential_type: DocumentType,
    pub(crate) tokens_valid: bool,
    /// No bank connection is known any more.
    pub(crate) bank_links_ended: bool,
    /// Recovery keys by account.
    pub(crate) recovery_keys: HashMap<UserId, String>,
    pub(super) answers: HashMap<String, (StatusCode, Vec<u8>)>,
    pub(super) users: HashMap<String, (UserId, String)>,
    pub(super) leaves: Vec<FieldElement>,
    pub(super) credentials: Vec<CredentialStatus>,
    pub(super) revocations: u64,
    pub(super) last_head: Option<String>,
    pub(super) random: StdRng,
}

pub(super) struct Shared {
    pub(super) inside: Mutex<Inside>,
    pub(super) clock: Arc<ManualClock>,
}

impl Inside {
    pub(super) fn new() -> Self {
        let signer = signer(1, Environment::Sandbox);
        Self {
            identifier: "https://issuer.test".to_owned(),
            published: KeySet { keys: vec![signer.public_key().clone()] },
            signer,
            sessions: HashMap::new(),
            shares: Vec::new(),
            behaviour: VecDeque::new(),
            received: Vec::new(),
            effects: Vec::new(),
            bend_credential: |_| {},
            bend_head: |_| {},
            bend_path: |_| {},
            credential_type: DocumentType::Credential,
            tokens_valid: true,
            bank_links_ended: false,
            recovery_keys: HashMap::new(),
            answers: HashMap::new(),
            users: HashMap::new(),
            leaves: Vec::new(),
            credentials: Vec::new(),
            revocations: 0,
            last_head: None,
            random: StdRng::seed_from_u64(77),
        }
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }
}
