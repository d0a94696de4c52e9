//! How well the service works, measured and not said: probes, uptime, incidents, the status page and its data.

pub mod board;
pub mod component;
pub mod http;
pub mod incident;
pub mod job;
mod json;
mod page;
mod probe;
pub mod snapshot;
pub mod uptime;

#[cfg(test)]
mod tests;
