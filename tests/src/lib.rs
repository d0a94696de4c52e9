//! A world for end-to-end tests: issuer, bank, wallets and institutions over real HTTP, on a clock the test moves.

#![expect(clippy::expect_used, reason = "a test fails by panicking, and says what it expected")]

pub mod institution;
pub mod program;
pub mod receiver;
pub mod server;
pub mod world;
