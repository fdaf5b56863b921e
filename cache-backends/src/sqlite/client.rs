//! [`DatabaseFile`]: a file as a client of the table in it.

use std::sync::Arc;

use cache_core::error::Error;

use super::base::Base;
use super::config::Config;
use super::error::{is_lost, said};
use super::readers::Readers;
use super::writer::Writer;
use crate::database::client::{Bind, Client, Row, Told, Work};
use crate::database::dialect::Dialect;

/// A number that no connection has yet: there is one opened for it.
const NEVER_OPENED: u64 = u64::MAX;

/// A file: read in place, written by a thread of its own.
#[derive(Debug)]
pub(crate) struct DatabaseFile {
    base: Arc<Base>,
    readers: Readers,
    writer: Writer,
}

impl DatabaseFile {
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self { base: Arc::new(Base::new(config)?), readers: Readers::default(), writer: Writer::default() })
    }

    /// Makes the table, and returns whether it was not there yet.
    pub(super) async fn create_table(&self) -> Result<bool, Error> {
        let exists = self.base.dialect.exists.text();
        let found = || self.readers.rows(&self.base, NEVER_OPENED, exists, &[]).is_ok_and(|rows| !rows.is_empty());
        let there = self.base.is_open() || found();
        self.writer.open(&self.base).await.map(|()| !there)
    }

    /// Reads; only where the file is not open yet, or not the same any more, somebody else is waited for.
    async fn read_by<T>(&self, read: impl Fn(&Readers, u64, i64) -> rusqlite::Result<T>) -> Result<T, Error> {
        let now = self.base.now();
        let generation = self.base.generation(now);
        let found = if generation == 0 { None } else { Some(read(&self.readers, generation, now)) };
        match found {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) if !is_lost(&error) => Err(said(&self.base, &error)),
            Some(Err(_)) => {
                self.base.forget();
                self.open_and_read(read).await
            }
            None => self.open_and_read(read).await,
        }
    }

    /// Reads after the file was opened to write, and made if need be. What cannot be written may still be read.
    async fn open_and_read<T>(&self, read: impl Fn(&Readers, u64, i64) -> rusqlite::Result<T>) -> Result<T, Error> {
        let opened = self.writer.open(&self.base).await;
        if let Err(error) = opened {
            let identity = self.base.identity();
            let found = read(&self.readers, NEVER_OPENED, self.base.now()).map_err(|_| error)?;
            self.base.note(identity);
            return Ok(found);
        }
        let now = self.base.now();
        read(&self.readers, self.base.generation(now), now).map_err(|error| said(&self.base, &error))
    }
}

impl Client for DatabaseFile {
    fn dialect(&self) -> &Dialect {
        &self.base.dialect
    }

    fn answers_in_place(&self) -> bool {
        true
    }

    async fn ask(&self, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Vec<Row>, Error> {
        self.read_by(|readers, generation, _| readers.rows(&self.base, generation, text, binds)).await
    }

    async fn tell(&self, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Told, Error> {
        self.writer.tell(&self.base, text, binds).await
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read_by(|readers, generation, now| readers.value(&self.base, generation, name, now)).await
    }

    async fn close(&self) {
        // Whoever closes the file last takes the log into it, and readers may not write.
        self.readers.close();
        self.writer.close(&self.base).await;
    }

    fn beside(&self, work: Work) -> Option<Work> {
        self.writer.beside(&self.base, work);
        None
    }
}
