//! The integration guide's addresses: the same work as the current ones, the result wrapped.

pub mod http;
#[cfg(test)]
mod tests;
