//! Reading in place: a few connections, each for one reader at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};

use super::base::Base;
use super::opening;
use crate::database::client::{Bind, Cell, Row};

/// How many connections there are at most.
const SEATS: usize = 8;

/// Connections for reading, opened when they are needed.
#[derive(Debug, Default)]
pub(super) struct Readers([Mutex<Seat>; SEATS]);

/// A connection, and which file it is to.
#[derive(Debug, Default)]
struct Seat {
    connection: Option<Connection>,
    generation: u64,
}

impl Seat {
    fn connection(&mut self, base: &Base, generation: u64) -> rusqlite::Result<&Connection> {
        if self.generation != generation || self.connection.is_none() {
            self.connection = None;
            self.connection = Some(opening::reader(base)?);
            self.generation = generation;
        }
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }
}

impl Readers {
    /// Takes the seat that this thread usually has, or another one. Where all are taken it waits for its own: a read takes some
    /// millionths of a second.
    fn seat(&self) -> MutexGuard<'_, Seat> {
        let usual = usual_seat();
        for at in 0..SEATS {
            match self.0[(usual + at) % SEATS].try_lock() {
                Ok(seat) => return seat,
                Err(TryLockError::Poisoned(seat)) => return seat.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.0[usual].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is under a name.
    pub(super) fn value(
        &self,
        base: &Base,
        generation: u64,
        name: &str,
        now: i64,
    ) -> rusqlite::Result<Option<Vec<u8>>> {
        let mut seat = self.seat();
        let mut get = seat.connection(base, generation)?.prepare_cached(base.dialect.get.text())?;
        get.raw_bind_parameter(1, now)?;
        get.raw_bind_parameter(2, name)?;
        let mut rows = get.raw_query();
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(match (row.get_ref(0)?, row.get_ref(1)?) {
            (ValueRef::Blob(bytes) | ValueRef::Text(bytes), _) => Some(bytes.to_vec()),
            (_, ValueRef::Integer(number)) => Some(cache_core::codec::wire::number_to_bytes(number)),
            _ => None,
        })
    }

    /// Returns what a statement finds.
    pub(super) fn rows(
        &self,
        base: &Base,
        generation: u64,
        text: &str,
        binds: &[Bind<'_>],
    ) -> rusqlite::Result<Vec<Row>> {
        let mut seat = self.seat();
        let mut statement = seat.connection(base, generation)?.prepare_cached(text)?;
        bind(&mut statement, base.now(), binds)?;
        all(&mut statement)
    }

    /// Closes all connections.
    pub(super) fn close(&self) {
        for seat in &self.0 {
            seat.lock().unwrap_or_else(PoisonError::into_inner).connection = None;
        }
    }
}

/// Puts the time in the first place, and what was given behind it.
pub(super) fn bind(statement: &mut Statement<'_>, now: i64, binds: &[Bind<'_>]) -> rusqlite::Result<()> {
    if statement.parameter_count() > 0 {
        statement.raw_bind_parameter(1, now)?;
    }
    for (at, bind) in binds.iter().enumerate() {
        match bind {
            Bind::Bytes(bytes) => statement.raw_bind_parameter(at + 2, bytes),
            Bind::Text(text) => statement.raw_bind_parameter(at + 2, text),
            Bind::Number(number) => statement.raw_bind_parameter(at + 2, number),
            Bind::Nothing => statement.raw_bind_parameter(at + 2, rusqlite::types::Null),
        }?;
    }
    Ok(())
}

/// Returns all rows of a statement.
pub(super) fn all(statement: &mut Statement<'_>) -> rusqlite::Result<Vec<Row>> {
    let columns = statement.column_count();
    let (mut rows, mut found) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next()? {
        found.push((0..columns).map(|at| row.get_ref(at).map(cell)).collect::<rusqlite::Result<Row>>()?);
    }
    Ok(found)
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Integer(number) => Cell::Number(number),
        ValueRef::Text(text) => Cell::Bytes(text.to_vec()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Null | ValueRef::Real(_) => Cell::Nothing,
    }
}

/// Returns the seat that this thread asks for first.
fn usual_seat() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static USUAL: usize = THREADS.fetch_add(1, Ordering::Relaxed) % SEATS);
    USUAL.with(|usual| *usual)
}
