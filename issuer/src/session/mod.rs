//! Sessions: an institution asks, a holder answers, declines, or lets it pass.

pub mod changes;
pub mod fulfill;
pub mod holder;
pub mod http;
pub mod view;

#[cfg(test)]
mod tests;
