//! Where the wallet is on this machine, and how it is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use passid_api::time::SystemClock;
use passid_wallet_core::issuer::http_client_with_pins;
use passid_wallet_core::keystore::{DeviceKeystore, FileKeystore};
use passid_wallet_core::random::Random;
use passid_wallet_core::{Wallet, WalletConfig, WalletError};

use crate::arguments::{Arguments, KeystoreKind};
use crate::failure::Failure;

/// The wallet's directory: as asked, or under the person's home.
pub(crate) fn directory(arguments: &Arguments) -> Result<PathBuf, Failure> {
    if let Some(directory) = &arguments.data_dir {
        return Ok(directory.clone());
    }
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty()).ok_or(Failure::NoHome)?;
    Ok(if cfg!(target_os = "macos") { home.join("Library/Application Support/passid-wallet") } else { home.join(".local/share/passid-wallet") })
}

fn keystore(kind: KeystoreKind, directory: &Path, random: &Arc<Random>) -> Result<Arc<dyn DeviceKeystore>, Failure> {
    match kind {
        KeystoreKind::File => Ok(Arc::new(FileKeystore::new(directory.join("keystore"), random.clone()))),
        KeystoreKind::Platform => platform_keystore(directory, random),
    }
}

#[cfg(feature = "platform-keystore")]
fn platform_keystore(directory: &Path, random: &Arc<Random>) -> Result<Arc<dyn DeviceKeystore>, Failure> {
    let profile = std::path::absolute(directory)?.display().to_string();
    let keystore = passid_wallet_core::keystore::KeyringKeystore::of_this_system(profile, random.clone());
    Ok(Arc::new(keystore.map_err(WalletError::from)?))
}

#[cfg(not(feature = "platform-keystore"))]
fn platform_keystore(_: &Path, _: &Arc<Random>) -> Result<Arc<dyn DeviceKeystore>, Failure> {
    Err(WalletError::from(passid_wallet_core::keystore::KeystoreError::Unavailable).into())
}

/// Opens the wallet.
pub(crate) async fn open(arguments: &Arguments) -> Result<Wallet, Failure> {
    let directory = directory(arguments)?;
    let random = Arc::new(Random::system().map_err(|_| Failure::Machine("randomness"))?);
    let kind = arguments.keystore;
    let keystore = {
        let (directory, random) = (directory.clone(), random.clone());
        // The credential store may wait for the person to unlock it.
        let opening = tokio::task::spawn_blocking(move || keystore(kind, &directory, &random));
        opening.await.map_err(|_| Failure::Machine("thread"))??
    };
    let config = WalletConfig {
        data_directory: directory,
        issuer: arguments.issuer.clone(),
        environment: arguments.environment,
        keystore,
        clock: Arc::new(SystemClock),
        random,
        http: http_client_with_pins(arguments.certificate_pins.clone()).map_err(|_| Failure::Machine("HTTP client"))?,
    };
    Ok(Wallet::open(config).await?)
}
