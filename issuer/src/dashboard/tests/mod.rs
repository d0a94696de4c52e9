//! The dashboard through the router, as a browser uses it.

mod browser;
mod figures;
mod pages;
mod parts;
mod protection;
mod requests;
mod roles;
mod team;
