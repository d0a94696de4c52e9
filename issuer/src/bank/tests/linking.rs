//! Beginning and completing a connection, and proving who the client is.

use super::*;

#[tokio::test]
async fn a_refusal_at_the_bank_is_a_refusal() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let pending = world.provider.begin(BACK, HOLDER).await.unwrap();
        assert_eq!(world.provider.status(&pending.consent_id).await, Ok(BankLinkStatus::AwaitingAuthorisation));
        let back = visitor::refuse(&world.http, pending.authorization_url.expose(), "amara").await.unwrap();
        assert_eq!(world.provider.complete(&pending, &response(&back)).await.unwrap_err(), BankError::Refused);
        assert_eq!(world.provider.status(&pending.consent_id).await, Ok(BankLinkStatus::Rejected));
    }
}

#[tokio::test]
async fn a_code_for_another_linking_is_not_exchanged() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mine = world.provider.begin(BACK, HOLDER).await.unwrap();
        let other = world.provider.begin(BACK, HOLDER).await.unwrap();
        let others_back = response(&visitor::approve(&world.http, other.authorization_url.expose(), "efua").await.unwrap());
        assert_eq!(world.provider.complete(&mine, &others_back).await.unwrap_err(), BankError::ResponseMismatch);
        // Even with the right state, the code is bound to the other's verifier.
        let forged = AuthorisationResponse { state: mine.state.clone(), ..others_back.clone() };
        assert_eq!(world.provider.complete(&mine, &forged).await.unwrap_err(), BankError::AuthorisationLost);
        let elsewhere = AuthorisationResponse { iss: Some("https://evil.example".into()), ..others_back.clone() };
        assert_eq!(world.provider.complete(&other, &elsewhere).await.unwrap_err(), BankError::ResponseMismatch);
    }
}

#[tokio::test]
async fn a_late_return_begins_again() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let pending = world.provider.begin(BACK, HOLDER).await.unwrap();
        let back = response(&visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap());
        world.clock.advance(900);
        assert_eq!(world.provider.complete(&pending, &back).await.unwrap_err(), BankError::LinkingExpired);
    }
}

#[tokio::test]
async fn a_wrong_secret_and_an_absent_bank_are_told_apart() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let provider = world.provider_with(|server, _| server.authentication = ClientAuthentication::Secret(Secret::new("guess".into())));
        assert!(matches!(provider.begin(BACK, HOLDER).await.unwrap_err(), BankError::Configuration(_)));
        let provider = world.provider_with(|_, _| {});
        world.bank.stop().await;
        assert_eq!(provider.begin(BACK, HOLDER).await.unwrap_err(), BankError::Unreachable);
    }
}

/// A P-256 key in PEM, and its public point.
fn signing_key() -> (Vec<u8>, Vec<u8>) {
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    let random = ring::rand::SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
    let pem = pem("PRIVATE KEY", document.as_ref());
    (pem.into_bytes(), pair.public_key().as_ref().to_vec())
}

#[tokio::test]
async fn a_client_with_a_key_signs_every_token_request_anew() {
    for scheme in SCHEMES {
        let (pem, public) = signing_key();
        let world = World::build(scheme, BankSource::Personas, "2026-11-21T04:00:00Z", 50, Some(public)).await;
        let with_key = |pem: &[u8]| {
            let key = SigningKey::from_pem("key-1", pem).unwrap();
            world.provider_with(|server, _| server.authentication = ClientAuthentication::PrivateKeyJwt(key))
        };
        let provider = with_key(&pem);
        let pending = provider.begin(BACK, HOLDER).await.unwrap();
        let back = visitor::approve(&world.http, pending.authorization_url.expose(), "tobenna").await.unwrap();
        let mut tokens = provider.complete(&pending, &response(&back)).await.unwrap();
        world.clock.advance(3_600);
        assert!(sync::read(provider.as_ref(), &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.is_ok());
        // Another key of the same name is nobody.
        assert!(matches!(with_key(&signing_key().0).begin(BACK, HOLDER).await, Err(BankError::Configuration(_))));
        assert!(SigningKey::from_pem("key-1", b"no key").is_err());
    }
}

#[tokio::test]
async fn a_bank_that_refuses_a_long_consent_is_asked_for_a_shorter_one() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let long = world.provider.begin(BACK, HOLDER).await.unwrap();
        world.bank.faults().inject(crate::sandbox::bank::Fault::LongConsentRefused, 1);
        let short = world.provider.begin(BACK, HOLDER).await.unwrap();
        let days = |pending: &crate::bank::authorisation::PendingAuthorisation| (pending.consent_expires_at.seconds() - world.clock.now().seconds()) / 86_400;
        let asked = if scheme == Scheme::BerlinGroup { 180 } else { 365 };
        assert_eq!((days(&long), days(&short)), (asked, 90), "{scheme:?}");
    }
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
