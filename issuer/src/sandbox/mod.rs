//! The sandbox: a bank that behaves like a real one and knows invented people.

pub mod bank;
