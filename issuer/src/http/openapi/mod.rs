//! The OpenAPI 3.1 document, made from the routes and the wire types; the discovery document and the pages about problems follow
//! from the same source.

mod document;
mod examples;
pub mod http;
mod operation;
mod problem_pages;
mod routes;
mod schemas;
#[cfg(test)]
mod tests;
mod webhooks;

pub use document::{document, operations};
pub use operation::{Caller, Chapter, Operation, PageSize, WaitSeconds};
pub use routes::Routes;
