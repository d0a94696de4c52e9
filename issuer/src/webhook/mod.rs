//! Webhooks: institutions register addresses, events are queued in the transaction of what they report, a worker delivers them.
//!
//! At least once, in no promised order, under one identifier over all attempts.

mod address;
mod attempt;
pub mod client;
mod delivery;
pub mod endpoints;
pub mod events;
pub mod http;
pub mod log;
mod operations;
mod places;
mod schedule;
mod secrets;
mod simulate;
mod target;
pub mod wake;
pub mod worker;

#[cfg(test)]
mod tests;
