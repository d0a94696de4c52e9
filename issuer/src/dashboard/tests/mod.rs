//! The dashboard through the router, as a browser uses it.

mod browser;
mod pages;
mod protection;
