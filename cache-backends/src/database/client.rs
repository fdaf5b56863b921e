//! The seam between what all databases share and the driver of each.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cache_core::error::Error;

use super::dialect::Dialect;
use super::statement::Given;

/// What is put in the place of a parameter.
///
/// The texts for PostgreSQL cast each of their parameters, so that `Nothing` can be sent without a type (OID 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bind<'a> {
    Bytes(&'a [u8]),
    Text(&'a str),
    Number(i64),
    Nothing,
}

/// What came back in one column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Bytes(Vec<u8>),
    Text(String),
    Number(i64),
    Nothing,
}

pub(crate) type Row = Vec<Cell>;

/// What a write did: how many rows it changed, and the rows or the number that it returned.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// Rows that were inserted, deleted, or found by the `WHERE` of an `UPDATE`, changed or not.
    pub affected: u64,
    pub rows: Vec<Row>,
    /// `LAST_INSERT_ID(…)`, where there is no `RETURNING`.
    pub number: Option<i64>,
}

/// Work that goes on beside the callers.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A connection to a kind of database, or a pool of them.
///
/// Each text is one statement, and commits by itself. What failed has done nothing: so a client that hears of a deadlock, or of
/// a lock that was not to be had in time, tells the same again a few times before it gives up.
pub(crate) trait Client: Send + Sync + 'static {
    /// Returns the texts of all statements, for this table.
    fn dialect(&self) -> &Dialect;

    /// Returns whether it reads where its caller stands.
    fn answers_in_place(&self) -> bool {
        false
    }

    /// Reads. Goes to the URL for reading.
    fn ask(&self, text: &Arc<str>, binds: &[Bind<'_>]) -> impl Future<Output = Result<Vec<Row>, Error>> + Send;

    /// Writes, or reads what must be as new as what is written. Goes to the URL for writing.
    fn tell(&self, text: &Arc<str>, binds: &[Bind<'_>]) -> impl Future<Output = Result<Told, Error>> + Send;

    /// Closes all connections.
    fn close(&self) -> impl Future<Output = ()> + Send;

    /// Returns the bytes under this name. A client with its answers at hand has a shorter way than a row.
    fn read(&self, name: &str) -> impl Future<Output = Result<Option<Vec<u8>>, Error>> + Send {
        async move {
            let get = &self.dialect().get;
            let rows = self.ask(get.text(), &get.binds(&[Given { name, ..Given::default() }])).await?;
            Ok(rows.into_iter().next().and_then(super::row::value))
        }
    }

    /// Takes work that nobody waits for, such as culling. What it gives back, its caller does on the spot.
    fn beside(&self, work: Work) -> Option<Work> {
        Some(work)
    }
}
