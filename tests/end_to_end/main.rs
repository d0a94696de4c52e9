//! Stories of users, over real HTTP, on every database engine at hand.

mod demo;
mod leaks;
mod limits;
mod sessions;
mod shares;
mod tenancy;
mod wallets;
