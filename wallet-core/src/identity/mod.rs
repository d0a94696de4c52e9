//! Who the wallet is to the issuer: a device key that signs in, and a holder secret that only proofs use.
//!
//! Both are made once and never replaced. The device key serves in the background, so the vault alone guards it. The holder secret is
//! sealed once more under the keystore's consent key: without the person there is no proof, even with the vault open.

mod lock;
mod signing_seed;
mod store;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::problem::ProblemCode;
use passid_api::wallet::{RegisterRequest, WalletToken};
use passid_circuits::{FieldElement, SecretElement, holder_commitment};

use self::lock::SealedSecret;
pub use self::lock::{ConsentLock, HolderSecret};
pub(crate) use self::signing_seed::SigningSeed;
use crate::core::Core;
use crate::error::WalletError;
use crate::issuer::{AccessToken, Call, IdempotencyKey, IssuerError};
use crate::vault::VaultError;
use crate::wallet::Wallet;

/// An account at one issuer in one environment.
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) issuer: String,
    pub(crate) device_key: SigningSeed,
    pub(crate) holder_commitment: FieldElement,
    pub(crate) user: Option<UserId>,
    secret: SealedSecret,
}

/// The account, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The account's identifier at the issuer.
    pub user_id: UserId,
    /// The issuer's identifier.
    pub issuer: String,
    /// Sandbox or live.
    pub environment: Environment,
}

pub(crate) use self::store::set_user;

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Wallet {
    /// Makes this wallet's keys, where there are none, and registers them with the issuer. Registering twice is no error.
    ///
    /// # Errors
    /// [`WalletError::Keystore`] when the holder secret cannot be sealed, [`WalletError::Issuer`] when the issuer cannot be reached: call again.
    pub async fn register(&self) -> Result<Registration, WalletError> {
        let core = &self.core;
        let issuer = core.trust().await?.identifier;
        let account = if let Some(account) = core.account(&issuer).await? {
            account
        } else {
            let secret = core.new_secret();
            core.make_account(&issuer, secret).await?
        };
        let user_id = match account.user {
            Some(user) => user,
            None => core.register(&account).await?,
        };
        Ok(Registration { user_id, issuer, environment: core.environment })
    }

    /// The account, where the wallet is registered.
    ///
    /// # Errors
    /// [`WalletError::Issuer`] at the first contact without a network.
    pub async fn registration(&self) -> Result<Option<Registration>, WalletError> {
        let issuer = self.core.trust().await?.identifier;
        let account = self.core.account(&issuer).await?;
        Ok(account.and_then(|account| account.user).map(|user_id| Registration { user_id, issuer, environment: self.core.environment }))
    }
}

impl Core {
    /// The account at the configured issuer.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`] where there is none.
    pub(crate) async fn registered_account(&self) -> Result<Account, WalletError> {
        let issuer = self.trust().await?.identifier;
        self.account(&issuer).await?.filter(|account| account.user.is_some()).ok_or(WalletError::NotRegistered)
    }

    /// A new holder secret.
    pub(crate) fn new_secret(&self) -> SecretElement {
        self.random.with(|mut generator| SecretElement::random(&mut generator))
    }

    pub(crate) async fn account(&self, issuer: &str) -> Result<Option<Account>, WalletError> {
        let (issuer, environment) = (issuer.to_owned(), self.environment);
        Ok(self.vault.read(move |tables| store::load(tables, &issuer, environment)).await?)
    }

    /// Makes a device key for this holder secret. Keys are durable before the issuer hears of them: a crash in between loses nothing.
    /// Keys that no issuer ever confirmed make way.
    pub(crate) async fn make_account(&self, issuer: &str, secret: SecretElement) -> Result<Account, WalletError> {
        let commitment = holder_commitment(&secret).map_err(|_| VaultError::MALFORMED_VALUE)?;
        let (keystore, random) = (self.keystore.clone(), self.random.clone());
        let sealing = move || SealedSecret::seal(&secret, commitment, keystore.as_ref(), &random);
        let sealed = tokio::task::spawn_blocking(sealing).await.map_err(|_| VaultError::Closed)??;
        let device_key = SigningSeed::generate(&self.random);
        let (name, environment, now) = (issuer.to_owned(), self.environment, self.clock.now());
        self.vault
            .write(move |tables| {
                store::delete_unconfirmed(tables, &name, environment)?;
                store::insert(tables, &name, environment, &device_key, commitment, &sealed, now)
            })
            .await?;
        self.account(issuer).await?.ok_or(WalletError::Vault(VaultError::MALFORMED_VALUE))
    }

    async fn register(&self, account: &Account) -> Result<UserId, WalletError> {
        let commitment = account.holder_commitment.to_string();
        let (challenge, signature) = self.answer_challenge(&account.issuer, &account.device_key, &commitment).await?;
        let request =
            RegisterRequest { environment: self.environment, device_key: account.device_key.public(), holder_commitment: commitment, challenge, signature };
        let key = IdempotencyKey::generate(&self.random);
        let (user, token) = match self.issuer.send::<WalletToken>(Call::post_json("/v1/wallet/register", &key, &request)?).await {
            Ok(token) => (token.user_id, AccessToken::new(token, self.clock.now())?),
            // Registered before, but the answer was lost: the key signs in.
            Err(IssuerError::Problem(problem)) if problem.code == ProblemCode::Conflict => self.sign_in(&account.issuer, &account.device_key).await?,
            Err(error) => return Err(error.into()),
        };
        let id = account.id;
        self.vault.write(move |tables| store::set_user(tables, id, user)).await?;
        *self.token.lock().await = Some(token);
        Ok(user)
    }
}

impl Account {
    /// What opens the holder's secret, with the person's help.
    pub(crate) fn consent_lock(&self, core: &Core) -> ConsentLock {
        ConsentLock::new(self.secret.clone(), self.holder_commitment, core.keystore.clone())
    }
}
