//! What must hold whatever happens to the files, the key or the process.

use rand::SeedableRng;

use super::*;
use crate::keystore::{FileKeystore, KeyRole, KeystoreError, MemoryKeystore};

const TABLES: &[Migration] = &[Migration { name: "first", sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT" }];
const LATER_TABLES: &[Migration] = &[TABLES[0], Migration { name: "second", sql: "ALTER TABLE note ADD COLUMN mark INTEGER NOT NULL DEFAULT 7" }];

fn random(seed: u64) -> Random {
    Random::new(rand::rngs::StdRng::seed_from_u64(seed))
}

struct Home {
    directory: tempfile::TempDir,
    keystore: MemoryKeystore,
}

impl Home {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), keystore: MemoryKeystore::new(random(1)) }
    }

    fn files(&self) -> VaultFiles {
        VaultFiles::new(self.directory.path())
    }

    fn open(&self, migrations: &[Migration]) -> Result<Vault, VaultError> {
        Vault::open(&self.files(), &self.keystore, &random(2), migrations)
    }

    async fn with_a_note(text: &'static str) -> Self {
        let home = Self::new();
        let vault = home.open(TABLES).unwrap();
        vault.write(move |tables| tables.execute("INSERT INTO note VALUES (?1)", [text]).map_err(VaultError::from)).await.unwrap();
        vault.close().unwrap();
        home
    }
}

async fn note(vault: &Vault) -> Result<String, VaultError> {
    vault.read(|tables| tables.query_row("SELECT text FROM note", [], |row| row.get(0)).map_err(VaultError::from)).await
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart_and_unreadable_without_the_key() {
    let home = Home::with_a_note("a very private sentence").await;
    assert_eq!(note(&home.open(TABLES).unwrap()).await.unwrap(), "a very private sentence");
    for entry in std::fs::read_dir(home.directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(12).any(|window| window == b"very private" || window == b"SQLite forma"));
    }
}

#[tokio::test]
async fn a_locked_keystore_leaves_the_vault_alone() {
    let home = Home::with_a_note("kept").await;
    for error in [KeystoreError::Locked, KeystoreError::Cancelled, KeystoreError::Missing, KeystoreError::Unavailable] {
        home.keystore.fail(KeyRole::Vault, error);
        assert_eq!(home.open(TABLES).err(), Some(VaultError::Keystore(error)));
    }
    home.keystore.recover();
    assert_eq!(note(&home.open(TABLES).unwrap()).await.unwrap(), "kept");
}

#[tokio::test]
async fn a_wrong_key_and_damage_are_told_apart_and_neither_destroys_anything() {
    let home = Home::with_a_note("kept").await;
    let other = MemoryKeystore::new(random(9));
    other.seal(KeyRole::Vault, b"", b"").unwrap();
    let opened = Vault::open(&home.files(), &other, &random(2), TABLES);
    assert_eq!(opened.err(), Some(VaultError::Keystore(KeystoreError::Invalidated)));

    let database = std::fs::read(home.files().database()).unwrap();
    for place in [0, 20, 100, 4_095, database.len() / 2] {
        let mut damaged = database.clone();
        damaged[place] ^= 0x40;
        std::fs::write(home.files().database(), &damaged).unwrap();
        let result = match home.open(TABLES) {
            Ok(vault) => note(&vault).await.err(),
            Err(error) => Some(error),
        };
        assert_eq!(result, Some(VaultError::Damaged), "byte {place}");
        assert_eq!(std::fs::read(home.files().database()).unwrap(), damaged, "the file is kept for a rescue");
    }
    std::fs::write(home.files().database(), &database).unwrap();
    assert_eq!(note(&home.open(TABLES).unwrap()).await.unwrap(), "kept");
}

#[tokio::test]
async fn a_missing_file_is_never_made_anew() {
    let home = Home::with_a_note("kept").await;
    let aside = home.directory.path().join("aside");
    std::fs::rename(home.files().envelope(), &aside).unwrap();
    assert_eq!(home.open(TABLES).err(), Some(VaultError::EnvelopeMissing));
    std::fs::rename(&aside, home.files().envelope()).unwrap();

    std::fs::rename(home.files().database(), &aside).unwrap();
    assert_eq!(home.open(TABLES).err(), Some(VaultError::DatabaseMissing));
    assert!(!home.files().database().exists());
    std::fs::rename(&aside, home.files().database()).unwrap();
    assert_eq!(note(&home.open(TABLES).unwrap()).await.unwrap(), "kept");
}

#[tokio::test]
async fn creation_interrupted_anywhere_is_completed() {
    let finished = Home::with_a_note("x").await;
    let sealed = |home: &Home| Envelope::parse(&std::fs::read(home.files().envelope()).unwrap()).unwrap();
    // The process died after the key file, and after the empty database file.
    for with_database in [false, true] {
        let home = Home::new();
        home.open(TABLES).unwrap().close().unwrap();
        std::fs::remove_file(home.files().database()).unwrap();
        let mut envelope = sealed(&home);
        envelope.stage = Stage::Creating;
        std::fs::write(home.files().envelope(), envelope.to_bytes()).unwrap();
        if with_database {
            std::fs::write(home.files().database(), b"").unwrap();
        }
        home.open(TABLES).unwrap().close().unwrap();
        assert!(sealed(&home).stage == Stage::Ready);
    }
    assert!(sealed(&finished).stage == Stage::Ready);
}

#[tokio::test]
async fn a_newer_vault_is_refused_untouched_and_an_older_one_is_brought_up() {
    let home = Home::with_a_note("kept").await;
    home.open(LATER_TABLES).unwrap().close().unwrap();
    let newer = std::fs::read(home.files().database()).unwrap();
    assert_eq!(home.open(TABLES).err(), Some(VaultError::SchemaTooNew));
    assert_eq!(std::fs::read(home.files().database()).unwrap(), newer);
    let vault = home.open(LATER_TABLES).unwrap();
    let mark: i64 = vault.read(|tables| tables.query_row("SELECT mark FROM note", [], |row| row.get(0)).map_err(VaultError::from)).await.unwrap();
    assert_eq!(mark, 7);
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    const BROKEN: &[Migration] = &[TABLES[0], Migration { name: "broken", sql: "CREATE TABLE other (a TEXT) STRICT; SELECT nothing FROM nowhere;" }];
    let home = Home::with_a_note("kept").await;
    assert!(home.open(BROKEN).is_err());
    let vault = home.open(LATER_TABLES).unwrap();
    assert_eq!(note(&vault).await.unwrap(), "kept");
}

#[tokio::test]
async fn only_one_program_at_a_time() {
    let home = Home::with_a_note("kept").await;
    let first = home.open(TABLES).unwrap();
    assert_eq!(home.open(TABLES).err(), Some(VaultError::InUse));
    first.close().unwrap();
    assert!(home.open(TABLES).is_ok());
}

#[tokio::test]
async fn after_closing_every_call_says_so() {
    let home = Home::with_a_note("kept").await;
    let vault = home.open(TABLES).unwrap();
    let clone = vault.clone();
    vault.close().unwrap();
    vault.close().unwrap();
    assert_eq!(note(&clone).await, Err(VaultError::Closed));
    assert!(!home.directory.path().join("vault.db-wal").exists());
}

#[tokio::test]
async fn a_failed_or_panicking_write_leaves_no_trace() {
    let home = Home::with_a_note("kept").await;
    let vault = home.open(TABLES).unwrap();
    let failed: Result<(), VaultError> = vault
        .write(|tables| {
            tables.execute("UPDATE note SET text = 'changed'", [])?;
            Err(VaultError::StorageFull)
        })
        .await;
    assert_eq!(failed, Err(VaultError::StorageFull));
    let panicked: Result<(), VaultError> = vault
        .write(|tables| {
            tables.execute("UPDATE note SET text = 'changed'", [])?;
            panic!("in the middle")
        })
        .await;
    assert_eq!(panicked, Err(VaultError::Closed));
    assert_eq!(note(&vault).await.unwrap(), "kept");
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path().join("wallet");
    let keystore = FileKeystore::new(&home, Arc::new(random(1)));
    let vault = Vault::open(&VaultFiles::new(&home), &keystore, &random(2), TABLES).unwrap();
    vault.write(|tables| tables.execute("INSERT INTO note VALUES ('x')", []).map_err(VaultError::from)).await.unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&home).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["keystore-vault.key", "vault.db", "vault.db-wal", "vault.key"]);
    assert_eq!(std::fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn the_settings_the_vault_relies_on_are_in_force() {
    let home = Home::with_a_note("kept").await;
    let vault = home.open(TABLES).unwrap();
    let settings: Vec<String> = vault
        .read(|tables| {
            ["foreign_keys", "secure_delete", "trusted_schema", "temp_store", "synchronous", "journal_mode", "locking_mode", "cipher_page_size"]
                .into_iter()
                .map(|name| {
                    let value: rusqlite::types::Value = tables.pragma_query_value(None, name, |row| row.get(0))?;
                    Ok(match value {
                        rusqlite::types::Value::Integer(number) => format!("{name}={number}"),
                        rusqlite::types::Value::Text(text) => format!("{name}={text}"),
                        other => format!("{name}={other:?}"),
                    })
                })
                .collect::<Result<_, rusqlite::Error>>()
                .map_err(VaultError::from)
        })
        .await
        .unwrap();
    assert_eq!(
        settings,
        [
            "foreign_keys=1",
            "secure_delete=1",
            "trusted_schema=0",
            "temp_store=2",
            "synchronous=2",
            "journal_mode=wal",
            "locking_mode=exclusive",
            "cipher_page_size=4096"
        ]
    );
}

#[test]
fn the_cipher_is_no_older_than_what_was_reviewed() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let version: String = connection.query_row("PRAGMA cipher_version", [], |row| row.get(0)).unwrap();
    let number: Vec<u32> = version.split([' ', '.']).take(3).map(|part| part.parse().unwrap()).collect();
    assert!(number >= vec![4, 10, 0], "{version}");
}
