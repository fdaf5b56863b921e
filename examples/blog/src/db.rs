//! The database: a file of SQLite, whose queries run on threads that may block.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::seed;

/// The database. A copy of it costs next to nothing, and is the same one.
#[derive(Clone)]
pub struct Db {
    path: Arc<PathBuf>,
    writer: Arc<tokio::sync::Mutex<Connection>>,
    /// Those that read and have nothing to do now.
    readers: Arc<Mutex<Vec<Connection>>>,
}

impl Db {
    /// Opens the file. One that is not there is made, with some posts to begin with.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, made or filled.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let mut writer = connect(path.as_ref())?;
        seed::plant(&mut writer)?;
        let writer = Arc::new(tokio::sync::Mutex::new(writer));
        Ok(Self { path: Arc::new(path.as_ref().to_owned()), writer, readers: Arc::default() })
    }

    /// Asks the database something.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let db = self.clone();
        beside(move || {
            let idle = || db.readers.lock().unwrap_or_else(PoisonError::into_inner);
            let reader = idle().pop();
            let reader = reader.map_or_else(|| connect(&db.path), Ok)?;
            let found = ask(&reader);
            idle().push(reader);
            found
        })
        .await?
    }

    /// Writes in a transaction, which is committed where `work` succeeds, and else rolled back.
    ///
    /// Inside of it each write says what it changes, by `larder::changed` and its like. The listeners are told when all
    /// of it is committed, and of what was rolled back never: that is what `after_commit` is for.
    pub(crate) async fn write<T>(&self, work: impl AsyncFnOnce(&mut Write) -> Result<T, Error>) -> Result<T, Error> {
        larder::after_commit(async {
            let mut write = Write(Some(Open(Arc::clone(&self.writer).lock_owned().await)));
            write.run(|writer| Ok(writer.execute_batch("begin immediate")?)).await?;
            let done = work(&mut write).await?;
            larder::committing(write.run(|writer| Ok(writer.execute_batch("commit")?))).await?;
            Ok(done)
        })
        .await
    }
}

/// A transaction that has begun.
pub(crate) struct Write(Option<Open>);

impl Write {
    pub(crate) async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let open = self.0.take().ok_or(Error::Broken)?;
        let (open, done) = beside(move || {
            let done = work(&open.0);
            (open, done)
        })
        .await?;
        self.0 = Some(open);
        done
    }
}

/// The connection that writes, while somebody has it. Whoever lets go of it half-way has written nothing.
struct Open(OwnedMutexGuard<Connection>);

impl Drop for Open {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            let _ = self.0.execute_batch("rollback");
        }
    }
}

/// Does what blocks on a thread that is there for it. Whoever waits for it may leave, and it is done all the same.
pub(crate) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    spawn_blocking(work).await.map_err(|_| Error::Broken)
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    // With the log ahead of the file, readers and the writer do not wait for each other.
    connection.execute_batch(
        "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on",
    )?;
    Ok(connection)
}
