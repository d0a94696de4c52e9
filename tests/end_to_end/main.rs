//! Stories of users, over real HTTP, on every database engine at hand.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod banks;
mod crashes;
mod data_rights;
mod demo;
mod leaks;
mod limits;
mod packages;
mod races;
mod sanctions;
mod sessions;
mod shares;
mod tenancy;
mod traces;
mod wallets;
