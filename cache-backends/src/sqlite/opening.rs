//! Opening the file: by the writer, who makes it, and by readers.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cache_core::error::Error;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::base::Base;
use super::error::{said, unmade};
use crate::rights;

/// How long somebody who reads waits for another process that has the file for itself, as when it is opened after a crash.
const PATIENCE_OF_READERS: Duration = Duration::from_millis(100);

/// Opens the file to read. It is not made here.
pub(super) fn reader(base: &Base) -> rusqlite::Result<Connection> {
    // In memory there is no log: there readers and the writer wait for each other.
    let (access, patience) = if base.in_memory {
        (OpenFlags::SQLITE_OPEN_READ_WRITE, base.patience)
    } else {
        (OpenFlags::SQLITE_OPEN_READ_ONLY, PATIENCE_OF_READERS)
    };
    let connection = open(base, access)?;
    connection.busy_timeout(patience)?;
    Ok(connection)
}

/// Opens the file to write, and makes what is missing: the folder, the file, the table.
pub(super) fn writer(base: &Base) -> Result<Connection, Error> {
    if !base.in_memory {
        make(&base.path).map_err(|error| unmade(base, &error))?;
    }
    let identity = base.identity();
    let connection = prepared(base).map_err(|error| said(base, &error))?;
    base.note(identity);
    Ok(connection)
}

fn open(base: &Base, access: OpenFlags) -> rusqlite::Result<Connection> {
    let uri = if base.in_memory { OpenFlags::SQLITE_OPEN_URI } else { OpenFlags::empty() };
    let connection = Connection::open_with_flags(&base.path, access | uri | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn prepared(base: &Base) -> rusqlite::Result<Connection> {
    let memory = if base.in_memory { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
    let connection = open(base, OpenFlags::SQLITE_OPEN_READ_WRITE | memory)?;
    connection.busy_timeout(base.patience)?;
    if !base.in_memory {
        write_ahead(base, &connection)?;
    }
    create(base, &connection)?;
    Ok(connection)
}

/// Has changes go to a log first, so that readers and the writer do not wait for each other.
fn write_ahead(base: &Base, connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        let switched = connection.query_row("pragma journal_mode = wal", [], |row| row.get::<_, String>(0));
        match switched {
            // Two processes that open a new file at once: SQLite does not wait here by itself.
            Err(error) if is_busy(&error) && begun.elapsed() < base.patience => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error),
            Ok(mode) if mode != "wal" => {
                log::warn!(
                    target: "larder",
                    "`{}` is on a file system without a log for SQLite: readers wait there",
                    base.path.display()
                );
                break;
            }
            Ok(_) => break,
        }
    }
    connection.execute_batch("pragma synchronous = normal; pragma journal_size_limit = 16777216")
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Makes the table if it is not there.
pub(super) fn create(base: &Base, connection: &Connection) -> rusqlite::Result<()> {
    if connection.prepare(base.dialect.exists.text())?.exists([])? {
        return Ok(());
    }
    let made = connection.execute_batch(&format!("begin immediate;\n{}commit", base.dialect.create_sql()));
    if !connection.is_autocommit() {
        connection.execute_batch("rollback")?;
    }
    made
}

/// Makes an empty file that nobody else can read, and its folder; what SQLite adds beside it gets the same mode.
///
/// It is made under another name: to close a file that SQLite has open too would let go of SQLite's locks on it.
fn make(path: &Path) -> io::Result<()> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        rights::make_folder(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    let new = path.with_file_name(name);
    drop(make_file(&new)?);
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    match linked {
        Ok(()) => Ok(()),
        Err(_) if path.exists() => Ok(()),
        // There are file systems where a file has but one name.
        Err(_) => make_file(path).map(drop),
    }
}

fn make_file(path: &Path) -> io::Result<fs::File> {
    rights::open_own(path, fs::OpenOptions::new().write(true).create(true).truncate(false))
}
