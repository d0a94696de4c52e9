//! Backups of the embedded database, taken while it is in use.

use std::fs;
use std::io;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _, Row as _};

/// Why a backup could not be written or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Choose another file; an existing one is never overwritten.
    #[error("{0} exists; choose another file, or move it away")]
    Exists(String),
    /// Check the path.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// The file is no sound database: use another backup.
    #[error("{0} is not a sound backup: {1}")]
    Unsound(String, String),
    /// Try again.
    #[error("the database could not be read: {0}")]
    Database(#[from] sqlx::Error),
}

/// Writes a copy of the database at one moment to `target`, checks it, and returns its size in bytes. Writers are not held up.
///
/// # Errors
/// [`BackupError`]; no file is left then.
pub async fn write(database: &Path, target: &Path) -> Result<u64, BackupError> {
    let shown = target.display().to_string();
    if target.exists() {
        return Err(BackupError::Exists(shown));
    }
    // Made for its owner only before anything is in it.
    let part = target.with_extension("part");
    let text = part.to_str().ok_or_else(|| BackupError::File(shown.clone(), io::ErrorKind::InvalidFilename.into()))?.to_owned();
    let written = async {
        owners_file(&part).map_err(|error| BackupError::File(shown.clone(), error))?;
        let mut connection = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
        sqlx::query("VACUUM INTO $1").bind(text).execute(&mut connection).await?;
        connection.close().await?;
        check(&part).await?;
        let file = fs::File::open(&part).map_err(|error| BackupError::File(shown.clone(), error))?;
        file.sync_all().map_err(|error| BackupError::File(shown.clone(), error))?;
        fs::hard_link(&part, target).map_err(|error| BackupError::File(shown.clone(), error))?;
        Ok(file.metadata().map_err(|error| BackupError::File(shown.clone(), error))?.len())
    }
    .await;
    drop(fs::remove_file(&part));
    written
}

fn owners_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Puts a backup in the place of a database that is not there.
///
/// # Errors
/// [`BackupError`]; the place stays empty then.
pub async fn restore(backup: &Path, database: &Path) -> Result<(), BackupError> {
    let shown = database.display().to_string();
    if database.exists() {
        return Err(BackupError::Exists(shown));
    }
    check(backup).await?;
    let part = database.with_extension("part");
    let copied =
        owners_file(&part).and_then(|()| fs::copy(backup, &part)).and_then(|_| fs::File::open(&part)?.sync_all()).and_then(|()| fs::hard_link(&part, database));
    drop(fs::remove_file(&part));
    copied.map_err(|error| BackupError::File(shown, error))
}

/// Reads the whole file and checks its structure and references.
async fn check(path: &Path) -> Result<(), BackupError> {
    let unsound = |reason: String| BackupError::Unsound(path.display().to_string(), reason);
    // Immutable: a look at it leaves no files beside it.
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let mut connection: SqliteConnection = options.connect().await.map_err(|error| unsound(error.to_string()))?;
    let row = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut connection).await.map_err(|error| unsound(error.to_string()))?;
    let said: String = row.try_get(0)?;
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await.map_err(|error| unsound(error.to_string()))?;
    connection.close().await?;
    match (said.as_str(), dangling) {
        ("ok", None) => Ok(()),
        ("ok", Some(_)) => Err(unsound("a row points to one that is not there".to_owned())),
        (said, _) => Err(unsound(said.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;
    use crate::store::testing::sqlite;
    use crate::store::{DatabaseUrl, Store, StoreError};

    async fn count(store: &Store) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM wallet_challenges";
        store.reader().await.unwrap().fetch_optional(sql, params![]).await.unwrap().unwrap().get("n").unwrap()
    }

    async fn add(store: &Store, key: u8) {
        let sql = "INSERT INTO wallet_challenges (digest, device_key, expires_at) VALUES ($1, $2, 0)";
        let values = params![[key; 32], [0_u8; 32]];
        store.write::<_, StoreError, _>(move |connection| Box::pin(async move { connection.execute(sql, values).await })).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_taken_under_load_is_one_moment_and_comes_back_as_it_was() {
        let database = sqlite();
        let DatabaseUrl::Sqlite(path) = database.url.clone() else { panic!("an embedded database") };
        let store = database.open().await;
        for key in 0..50 {
            add(&store, key).await;
        }
        let target = database.directory().join("backup.db");
        let (written, ()) = tokio::join!(write(&path, &target), async {
            for key in 50..100 {
                add(&store, key).await;
            }
        });
        assert!(written.unwrap() > 0);
        assert!(matches!(write(&path, &target).await, Err(BackupError::Exists(_))));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&target).unwrap().permissions()) & 0o777, 0o600);

        assert!(matches!(restore(&target, &path).await, Err(BackupError::Exists(_))), "nothing is overwritten");
        let place = database.directory().join("restored.db");
        restore(&target, &place).await.unwrap();
        let restored = Store::open(&DatabaseUrl::Sqlite(place)).await.unwrap();
        assert!((50..=100).contains(&count(&restored).await));
        add(&restored, 200).await;
    }

    #[tokio::test]
    async fn a_damaged_backup_is_refused() {
        let database = sqlite();
        let DatabaseUrl::Sqlite(path) = database.url.clone() else { panic!("an embedded database") };
        database.open().await.close().await;
        let target = database.directory().join("backup.db");
        write(&path, &target).await.unwrap();
        let mut bytes = fs::read(&target).unwrap();
        let middle = bytes.len() / 2;
        bytes.truncate(middle);
        fs::write(&target, bytes).unwrap();
        let place = database.directory().join("restored.db");
        assert!(matches!(restore(&target, &place).await, Err(BackupError::Unsound(..))));
        assert!(!place.exists());
    }
}
