//! What stores in a table share, whichever database it is in.
//!
//! A kind of database is a [`client::Client`]; a [`backend::Database`] makes a store of it.

#![cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    allow(
        dead_code,
        reason = "servers hand out text, count without `returning`, and have no clock that tests can move"
    )
)]

mod backend;
pub(crate) mod client;
mod create;
mod cull;
mod delegate;
pub(crate) mod dialect;
mod draw;
pub(crate) mod error;
mod fill;
mod limits;
mod listing;
mod many;
mod row;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod ticket;

pub(crate) use backend::Database;
pub(crate) use delegate::delegate;
pub(crate) use limits::Limits;
pub(crate) use table::Table;
