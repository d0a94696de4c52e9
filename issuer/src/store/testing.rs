//! Databases for tests: one of each engine, fresh and empty.

#![expect(clippy::expect_used, reason = "a test fails by panicking, and says what it expected")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{DatabaseUrl, Store};

/// A fresh database, gone with the value and whoever keeps its files (SQLite) or with the test server (PostgreSQL).
pub struct TestDatabase {
    /// The engine's name, for messages.
    pub engine: &'static str,
    /// Where it is.
    pub url: DatabaseUrl,
    directory: Option<Arc<tempfile::TempDir>>,
}

static MADE: AtomicU32 = AtomicU32::new(0);

/// A fresh embedded database.
pub fn sqlite() -> TestDatabase {
    let directory = tempfile::tempdir().expect("a temporary directory");
    TestDatabase { engine: "SQLite", url: DatabaseUrl::Sqlite(directory.path().join("issuer.db")), directory: Some(Arc::new(directory)) }
}

/// A fresh database on the server named by `PASSID_TEST_POSTGRES`; says so and gives none when it is not set.
#[expect(clippy::print_stderr, reason = "a skipped half of a test is said")]
pub async fn postgres() -> Option<TestDatabase> {
    let Ok(server) = std::env::var("PASSID_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: PASSID_TEST_POSTGRES is not set");
        return None;
    };
    let name = format!("passid_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let pool = sqlx::PgPool::connect(&server).await.expect("the test server answers");
    // The name is made of digits and letters above; databases cannot be named by a parameter.
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.expect("a test database");
    pool.close().await;
    let (base, _) = server.rsplit_once('/').expect("a server address with a database");
    Some(TestDatabase { engine: "PostgreSQL", url: format!("{base}/{name}").parse().expect("a database address"), directory: None })
}

/// A fresh database of every engine at hand.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite()];
    all.extend(postgres().await);
    all
}

impl TestDatabase {
    /// Where the embedded database's files are; the current directory for PostgreSQL, which has none here.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.as_ref().map_or(std::path::Path::new("."), |directory| directory.path())
    }

    /// Keeps the files of the embedded database for as long as the value lives.
    pub fn keep(&self) -> Option<Arc<tempfile::TempDir>> {
        self.directory.clone()
    }

    /// The database's address as a command takes it.
    pub fn address(&self) -> String {
        self.url.with_password()
    }

    /// Opens the database with its schema.
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the database opens")
    }
}
