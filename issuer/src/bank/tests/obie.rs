//! What only UK Open Banking has: an identity token.

use super::*;

#[tokio::test]
async fn an_identity_token_for_another_linking_is_refused() {
    let world = World::start(OBIE).await;
    let mut pending = world.provider.begin(BACK, HOLDER).await.unwrap();
    let back = response(&visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap());
    pending.nonce = Some(Secret::new("another".into()));
    assert_eq!(world.provider.complete(&pending, &back).await.unwrap_err(), BankError::ResponseMismatch);
}
