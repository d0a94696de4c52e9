//! Beginning and completing a connection, and proving who the client is.

use super::*;

#[tokio::test]
async fn a_refusal_at_the_bank_is_a_refusal() {
    let world = World::start().await;
    let pending = world.provider.begin(BACK).await.unwrap();
    assert_eq!(world.provider.status(&pending.consent_id).await, Ok(BankLinkStatus::AwaitingAuthorisation));
    let back = visitor::refuse(&world.http, pending.authorization_url.expose(), "amara").await.unwrap();
    assert_eq!(world.provider.complete(&pending, &response(&back)).await.unwrap_err(), BankError::Refused);
    assert_eq!(world.provider.status(&pending.consent_id).await, Ok(BankLinkStatus::Rejected));
}

#[tokio::test]
async fn a_code_for_another_linking_is_not_exchanged() {
    let world = World::start().await;
    let mine = world.provider.begin(BACK).await.unwrap();
    let other = world.provider.begin(BACK).await.unwrap();
    let others_back = response(&visitor::approve(&world.http, other.authorization_url.expose(), "efua").await.unwrap());
    assert_eq!(world.provider.complete(&mine, &others_back).await.unwrap_err(), BankError::ResponseMismatch);
    // Even with the right state, the code is bound to the other's verifier.
    let forged = AuthorisationResponse { state: mine.state.clone(), ..others_back.clone() };
    assert_eq!(world.provider.complete(&mine, &forged).await.unwrap_err(), BankError::AuthorisationLost);
    let elsewhere = AuthorisationResponse { iss: Some("https://evil.example".into()), ..others_back.clone() };
    assert_eq!(world.provider.complete(&other, &elsewhere).await.unwrap_err(), BankError::ResponseMismatch);
}

#[tokio::test]
async fn a_late_return_begins_again() {
    let world = World::start().await;
    let pending = world.provider.begin(BACK).await.unwrap();
    let back = response(&visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap());
    world.clock.advance(900);
    assert_eq!(world.provider.complete(&pending, &back).await.unwrap_err(), BankError::LinkingExpired);
}

#[tokio::test]
async fn a_wrong_secret_and_an_absent_bank_are_told_apart() {
    let world = World::start().await;
    let mut config = world.bank.connection();
    config.server.authentication = ClientAuthentication::Secret(Secret::new("guess".into()));
    let provider = World::provider(&world.clock, &world.http, config);
    assert!(matches!(provider.begin(BACK).await.unwrap_err(), BankError::Configuration(_)));
    let config = world.bank.connection();
    world.bank.stop().await;
    let provider = World::provider(&world.clock, &world.http, config);
    assert_eq!(provider.begin(BACK).await.unwrap_err(), BankError::Unreachable);
}

/// A P-256 key in PEM, and its public point.
fn signing_key() -> (Vec<u8>, Vec<u8>) {
    use base64::Engine;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    let random = ring::rand::SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", base64::engine::general_purpose::STANDARD.encode(document.as_ref()));
    (pem.into_bytes(), pair.public_key().as_ref().to_vec())
}

#[tokio::test]
async fn a_client_with_a_key_signs_every_token_request_anew() {
    let (pem, public) = signing_key();
    let world = World::build(BankSource::Personas, "2026-11-21T04:00:00Z", 50, Some(public)).await;
    let mut config = world.bank.connection();
    config.server.authentication = ClientAuthentication::PrivateKeyJwt(SigningKey::from_pem("key-1", &pem).unwrap());
    let provider = World::provider(&world.clock, &world.http, config.clone());
    let pending = provider.begin(BACK).await.unwrap();
    let back = visitor::approve(&world.http, pending.authorization_url.expose(), "tobenna").await.unwrap();
    let mut tokens = provider.complete(&pending, &response(&back)).await.unwrap();
    world.clock.advance(3_600);
    assert!(sync::read(&provider, &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.is_ok());
    // Another key of the same name is nobody.
    config.server.authentication = ClientAuthentication::PrivateKeyJwt(SigningKey::from_pem("key-1", &signing_key().0).unwrap());
    assert!(matches!(World::provider(&world.clock, &world.http, config).begin(BACK).await, Err(BankError::Configuration(_))));
    assert!(SigningKey::from_pem("key-1", b"no key").is_err());
}

#[tokio::test]
async fn an_identity_token_for_another_linking_is_refused() {
    let world = World::start().await;
    let mut pending = world.provider.begin(BACK).await.unwrap();
    let back = response(&visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap());
    pending.nonce = Some(Secret::new("another".into()));
    assert_eq!(world.provider.complete(&pending, &back).await.unwrap_err(), BankError::ResponseMismatch);
}

#[tokio::test]
async fn a_bank_that_refuses_a_long_consent_is_asked_for_a_shorter_one() {
    let world = World::start().await;
    let long = world.provider.begin(BACK).await.unwrap();
    world.bank.faults().inject(crate::sandbox::bank::Fault::LongConsentRefused, 1);
    let short = world.provider.begin(BACK).await.unwrap();
    let days = |pending: &crate::bank::authorisation::PendingAuthorisation| (pending.consent_expires_at.seconds() - world.clock.now().seconds()) / 86_400;
    assert_eq!((days(&long), days(&short)), (365, 90));
}

#[test]
fn secrets_do_not_print() {
    let tokens = BankTokens {
        access_token: Secret::new("very-secret".into()),
        refresh_token: Some(Secret::new("very-secret".into())),
        access_expires_at: Timestamp::from_seconds(0).unwrap(),
        consent_id: "consent".into(),
        consent_expires_at: Timestamp::from_seconds(0).unwrap(),
    };
    assert!(!format!("{tokens:?} {:?}", tokens.access_token).contains("very-secret"));
}
