//! Issuing a credential: read the bank, screen, derive, commit, sign. The claims leave with the answer and stay nowhere here.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use passid_api::claims;
use passid_api::environment::Environment;
use passid_api::ids::{BankLinkId, CredentialId};
use passid_api::issuer::CredentialDocument;
use passid_api::jws::DocumentType;
use passid_api::problem::{Problem, ProblemCode};
use passid_api::time::Timestamp;
use passid_api::wallet::{BankLinkStatus, CredentialRequest, DeclaredPerson, IssuedCredential};
use passid_circuits::{Claims, CredentialHeader, FieldElement, SecretElement, credential_commitment};

use crate::bank::authorisation::BankTokens;
use crate::bank::data::BankSnapshot;
use crate::bank::error::BankError;
use crate::bank::provider::{BankFuture, BankProvider, ReadObserver, ReadProgress, ReadWindow, WANTED_HISTORY_DAYS};
use crate::bank::sync;
use crate::derive::{DeclaredHolder, DerivedClaims, derive};
use crate::http::ApiError;
use crate::http::callers::WalletCaller;
use crate::screening::Person;
use crate::screening::holders::{self, Screened};
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::bank_links::StoredLink;
use crate::store::credentials::StoredCredential;
use crate::store::users::WalletUser;
use crate::store::{self, StoreError};

use super::staging::SealedStaging;
use super::tree;

/// Reads the linked bank and issues a credential in place of the holder's earlier ones. `holder_address` is where they ask from, which
/// the bank is told.
///
/// # Errors
/// `bank_link_not_ready`, `bank_unavailable`, `sanctions_match`, a field that does not read, or `not_found` for another holder's link.
pub async fn issue(service: &Service, caller: WalletCaller, holder_address: Option<IpAddr>, request: CredentialRequest) -> Result<IssuedCredential, ApiError> {
    let declared = request.declared.as_ref().map(qualifiers).transpose()?;
    let mut reader = service.store.reader().await?;
    let user = store::users::find(&mut reader, caller.user).await?.ok_or_else(ApiError::not_found)?;
    let link = store::bank_links::find(&mut reader, caller.user, request.link_id).await?.ok_or_else(ApiError::not_found)?;
    drop(reader);
    let (bank, mut tokens) = readable(service, &link)?;
    let name = service.sealer.open(Purpose::DeclaredName, &link.id.to_string(), &link.sealed_name)?;
    let name = String::from_utf8(name.to_vec()).map_err(|_| StoreError::Corrupt("declared name"))?;

    let staging = SealedStaging::new(service.clone(), link.id);
    let snapshot = read_bank(service, &link, holder_address, bank.as_ref(), &mut tokens, &staging).await?;
    let screened = holders::screen(service, &user, person(&name, declared.unwrap_or_default(), &snapshot)).await?;
    if !screened.outcome.hits.is_empty() {
        staging.clear().await?;
        refuse_match(service, &user, screened).await?;
        return Err(ApiError::new(ProblemCode::SanctionsMatch, "A screened sanctions list matches; no credential is issued. Ask the operator for a review."));
    }
    let holder = DeclaredHolder { name, destination: request.destination, origin: None };
    let now = service.clock.now();
    // Derivation walks every transaction: off the threads that serve requests.
    let derived = tokio::task::spawn_blocking(move || derive(snapshot, &holder, &screened.outcome, now).map(|derived| (derived, screened)));
    let derived = derived.await;
    // Whatever came of it, the transactions have served.
    staging.clear().await?;
    let (derived, screened) = derived.map_err(|_| StoreError::Interrupted)?.map_err(|error| ApiError::new(ProblemCode::BankLinkNotReady, error.to_string()))?;
    commit(service, &user, &link, derived, screened).await
}

fn readable(service: &Service, link: &StoredLink) -> Result<(Arc<dyn BankProvider>, BankTokens), ApiError> {
    let not_ready = |detail: &str| ApiError::new(ProblemCode::BankLinkNotReady, detail);
    let sealed = match (link.status, &link.sealed_tokens) {
        (BankLinkStatus::Authorised, Some(sealed)) if link.expires_at > service.clock.now() => sealed,
        _ => return Err(not_ready("Finish linking the bank, or link it again.")),
    };
    if crate::wallet::links::reconfirm_by(service, link).is_some_and(|(by, _)| service.clock.now() >= by) {
        return Err(not_ready("Confirm that this bank may still be read, then ask again."));
    }
    let bank = service.banks.iter().find(|bank| bank.description().id == link.provider);
    let bank = bank.ok_or_else(|| not_ready("This bank can no longer be read; link another."))?;
    let plain = service.sealer.open(Purpose::BankConnection, &link.id.to_string(), sealed)?;
    Ok((Arc::clone(bank), serde_json::from_slice(&plain)?))
}

/// Stores exchanged tokens while a read goes on: the old refresh token is dead by then.
struct KeepTokens {
    service: Service,
    link: BankLinkId,
    holder_address: Option<IpAddr>,
}

impl ReadObserver for KeepTokens {
    fn progress(&self, progress: ReadProgress) {
        tracing::info!(link = %self.link, accounts = progress.accounts_done, of = progress.accounts_total, transactions = progress.transactions, "reading");
    }

    fn tokens_rotated<'a>(&'a self, tokens: &'a BankTokens) -> BankFuture<'a, ()> {
        Box::pin(async move {
            let sealed = seal_tokens(&self.service, self.link, tokens).map_err(|_| BankError::TokensNotStored)?;
            let link = self.link;
            let stored = self
                .service
                .store
                .write::<(), StoreError, _>(move |connection| Box::pin(async move { store::bank_links::replace_tokens(connection, link, sealed).await }));
            stored.await.map_err(|_| BankError::TokensNotStored)
        })
    }

    fn holder_address(&self) -> Option<IpAddr> {
        self.holder_address
    }
}

/// The right to read, sealed for its row.
///
/// # Errors
/// [`ApiError`] when it cannot be sealed.
pub fn seal_tokens(service: &Service, link: BankLinkId, tokens: &BankTokens) -> Result<Vec<u8>, ApiError> {
    let plain = Zeroizing::new(serde_json::to_vec(tokens)?);
    Ok(service.with_random(|random| service.sealer.seal(Purpose::BankConnection, &link.to_string(), &plain, random))?)
}

async fn read_bank(
    service: &Service,
    link: &StoredLink,
    holder_address: Option<IpAddr>,
    bank: &dyn BankProvider,
    tokens: &mut BankTokens,
    staging: &SealedStaging,
) -> Result<BankSnapshot, ApiError> {
    let observer = KeepTokens { service: service.clone(), link: link.id, holder_address };
    match sync::read(bank, tokens, window(service.clock.now())?, staging, &observer).await {
        Ok(snapshot) => Ok(snapshot),
        Err(error) => {
            let ended = match error {
                BankError::ConsentRevoked | BankError::AuthorisationLost => Some(BankLinkStatus::Revoked),
                BankError::ConsentExpired => Some(BankLinkStatus::Expired),
                _ => None,
            };
            if let Some(status) = ended {
                let id = link.id;
                let end =
                    service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::bank_links::end(connection, id, status).await }));
                end.await?;
                return Err(ApiError::new(ProblemCode::BankLinkNotReady, error.to_string()));
            }
            tracing::warn!(link = %link.id, code = error.code(), "a bank could not be read");
            Err(bank_problem(&error))
        }
    }
}

/// How a bank's failure is told to the wallet.
pub fn bank_problem(error: &BankError) -> ApiError {
    let mut problem = Problem::new(ProblemCode::BankUnavailable, error.to_string());
    if let BankError::RateLimited { retry_after_seconds } = error {
        problem.retry_after = Some(*retry_after_seconds);
    }
    problem.into()
}

fn window(now: Timestamp) -> Result<ReadWindow, ApiError> {
    let today = jiff::Timestamp::from_second(now.seconds()).map_err(|error| ApiError::internal(&error))?.to_zoned(TimeZone::UTC).date();
    let from = today.checked_sub(WANTED_HISTORY_DAYS.days()).map_err(|error| ApiError::internal(&error))?;
    Ok(ReadWindow { from, to: today })
}

/// What the holder declared, for comparing with lists.
fn qualifiers(declared: &DeclaredPerson) -> Result<Qualifiers, ApiError> {
    let refuse = |field: &str, text: &str| ApiError::field(&format!("/declared/{field}"), "invalid", text);
    let birth = declared.birth_date.as_deref().map(|text| Birth::day(text).ok_or_else(|| refuse("birth_date", "Send a day such as 1990-04-28.")));
    let nationality = declared.nationality.as_deref().map(|text| {
        let known = country_code(text).filter(|code| *code == text);
        known.ok_or_else(|| refuse("nationality", "Send two letters of ISO 3166-1, such as KE."))
    });
    let gender = declared.gender.as_deref().map(|text| Gender::parse(text).ok_or_else(|| refuse("gender", "Send female or male, or leave it out.")));
    Ok(Qualifiers {
        births: birth.transpose()?.into_iter().collect(),
        nationalities: nationality.transpose()?.into_iter().collect(),
        gender: gender.transpose()?,
    })
}

/// The declared name and every name the bank knows the holder under.
fn person(declared: &str, qualifiers: Qualifiers, snapshot: &BankSnapshot) -> Person {
    let mut person = Person::named(declared, qualifiers);
    let holders = snapshot.accounts.iter().flat_map(|history| history.holders.iter()).chain(&snapshot.consenting_party);
    holders.for_each(|party| person.add_name(&party.name));
    person
}

/// What was found is kept for whoever judges it, and nothing of the account is relied on from now on.
async fn refuse_match(service: &Service, user: &WalletUser, screened: Screened) -> Result<(), ApiError> {
    let (inside, id, environment) = (service.clone(), user.id, user.environment);
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                holders::keep(&inside, connection, id, &screened).await?;
                holders::refuse(&inside, connection, (id, environment), &screened.outcome.hits).await
            })
        })
        .await
}

async fn commit(service: &Service, user: &WalletUser, link: &StoredLink, derived: DerivedClaims, screened: Screened) -> Result<IssuedCredential, ApiError> {
    let now = service.clock.now();
    let expires_at = now.plus_seconds(i64::from(service.config.credential_days) * 86_400);
    let header =
        CredentialHeader { schema: claims::SCHEMA, data_timestamp: derived.data_timestamp.unsigned_seconds(), expires_at: expires_at.unsigned_seconds() };
    let holder: FieldElement = user.holder_commitment.parse().map_err(|_| StoreError::Corrupt("holder commitment"))?;
    let values = Claims::new(derived.values).map_err(|error| ApiError::internal(&error))?;
    let (blinding, id) = service.with_random(|mut random| (SecretElement::random(&mut random), CredentialId::generate(service.clock.as_ref(), random)));
    let commitment = credential_commitment(&values, &header, holder, &blinding);
    let document = CredentialDocument {
        iss: service.config.issuer().to_owned(),
        jti: id,
        iat: now.seconds(),
        environment: user.environment,
        schema: claims::SCHEMA,
        claims: derived.values,
        data_timestamp: derived.data_timestamp,
        expires_at,
        holder_commitment: user.holder_commitment.clone(),
        blinding: blinding.expose().to_string(),
        commitment: commitment.to_string(),
        model_version: derived.model_version.to_owned(),
        sanctions_lists: screened.outcome.lists.iter().map(ToString::to_string).collect(),
        notes: derived.notes,
    };
    let credential = service.keys.credentials(user.environment).sign(DocumentType::Credential, &document)?;
    let stored = StoredCredential {
        id,
        user: user.id,
        link: link.id,
        environment: user.environment,
        leaf_index: 0,
        evidence_digest: derived.evidence.0,
        issued_at: now,
        expires_at,
        revoked_at: None,
    };
    let path = append(service, stored, commitment, screened).await?;
    Ok(IssuedCredential { credential, path, transactions_read: derived.transactions_read })
}

/// Replaces the holder's credentials by this one: zeroes their leaves, appends the new one, signs the heads.
async fn append(service: &Service, stored: StoredCredential, commitment: FieldElement, screened: Screened) -> Result<passid_api::issuer::TreePath, ApiError> {
    let inside = service.clone();
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                let (environment, mut stored): (Environment, StoredCredential) = (stored.environment, stored);
                let internal = |error: tree::TreeError| ApiError::internal(&error);
                for leaf in store::credentials::revoke_all(connection, stored.user, stored.issued_at).await? {
                    tree::revoke(&inside, connection, environment, leaf).await.map_err(internal)?;
                }
                stored.leaf_index = tree::append(&inside, connection, environment, commitment).await.map_err(internal)?;
                store::credentials::insert(connection, &stored).await?;
                holders::keep(&inside, connection, stored.user, &screened).await?;
                let path = tree::path(connection, environment, stored.leaf_index).await.map_err(internal)?;
                if screened.was_matched {
                    holders::free(connection, stored.user, "a fresh credential", stored.issued_at).await?;
                }
                Ok(path)
            })
        })
        .await
}
