//! Passwords at rest: Argon2id, on blocking threads, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::input::Password;

/// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of salt (RFC 9106, section 3.1).
const SALT_BYTES: usize = 16;
/// Hashes computed at once in this process: each takes 19 MiB and a processor.
static PLACES: Semaphore = Semaphore::const_new(2);
/// Checked when the e-mail address is unknown, so that the answer takes as long as for a known one. No password is known to fit.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGFzc2lkLW5vYm9keS4uLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password could not be hashed or checked; report it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password could not be hashed or checked")]
pub struct PasswordError;

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Runs `work` on a blocking thread when a place is free.
async fn in_a_place<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
    let place = PLACES.acquire().await.map_err(|_| PasswordError)?;
    // The place goes along: it stays taken even when the caller goes away meanwhile.
    let running = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(place);
        result
    });
    running.await.map_err(|_| PasswordError)
}

/// The password's hash in the PHC string format.
///
/// # Errors
/// [`PasswordError`].
pub async fn hash(password: Password, random: impl FnOnce(&mut [u8])) -> Result<Zeroizing<String>, PasswordError> {
    let mut salt = [0_u8; SALT_BYTES];
    random(&mut salt);
    in_a_place(move || {
        let hash = argon2()?.hash_password_with_salt(password.expose(), &salt).map_err(|_| PasswordError)?;
        Ok(Zeroizing::new(hash.to_string()))
    })
    .await?
}

/// Whether the password is the one that was hashed. Without a hash the same work is done and the answer is no.
///
/// # Errors
/// [`PasswordError`] when the stored hash is not readable.
pub async fn verify(password: Password, hash: Option<Zeroizing<String>>) -> Result<bool, PasswordError> {
    in_a_place(move || {
        let (text, known) = hash.as_ref().map_or((NOBODYS_HASH, false), |hash| (hash.as_str(), true));
        let parsed = PasswordHash::new(text).map_err(|_| PasswordError)?;
        let fits = argon2()?.verify_password(password.expose(), &parsed).is_ok();
        Ok(fits && known)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::given(text.to_owned()).unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let hash = super::hash(password("correct horse battery"), |salt| salt.fill(7)).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(password("correct horse battery"), Some(hash.clone())).await.unwrap());
        assert!(!verify(password("correct horse batterz"), Some(hash.clone())).await.unwrap());
        assert!(!verify(password("correct horse battery"), None).await.unwrap());
        let other = super::hash(password("correct horse battery"), |salt| salt.fill(8)).await.unwrap();
        assert_ne!(hash, other, "equal passwords do not look equal");
    }

    #[test]
    fn an_unknown_address_costs_the_same_work() {
        let nobody = PasswordHash::new(NOBODYS_HASH).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY_KIB, PASSES, LANES));
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), Params::DEFAULT_OUTPUT_LEN);
    }
}
