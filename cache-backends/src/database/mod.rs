//! What stores in a table share, whichever database it is in.
//!
//! A kind of database is a [`client::Client`]; `backend::Database` makes a store of it.

pub(crate) mod client;
pub(crate) mod dialect;
mod statement;
mod table;
