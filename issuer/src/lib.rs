//! The issuer backend: one folder per thing the product does, named as its users name it.
//!
//! A request flows one way: extractor (who asks; loads only what they own) → domain function → store (one transaction: effect,
//! stored answer, events) → response. The domain knows no SQL, the store no HTTP.

pub mod access;
pub mod audit;
pub mod bank;
pub mod chain;
pub mod config;
pub mod credential;
pub mod dashboard;
pub mod derive;
pub mod gather;
pub mod http;
pub mod ingest;
pub mod institution;
pub mod legacy;
pub mod limit;
pub mod metrics;
pub mod network;
pub mod outcome;
pub mod pages;
pub mod request_log;
pub mod retention;
pub mod sandbox;
pub mod screening;
pub mod sealing;
pub mod service;
pub mod session;
pub mod share;
pub mod status;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod verify;
pub mod wallet;
pub mod webhook;
