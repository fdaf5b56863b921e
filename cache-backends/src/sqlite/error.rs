//! What SQLite says, in sentences about the file.

use cache_core::error::{Error, Kind};
use rusqlite::ErrorCode;

use super::base::Base;
use crate::database::error::no_table;

const LOCKED: &str = "is locked by another process";

/// Turns an error of SQLite into one that says what to do.
pub(super) fn said(base: &Base, error: &rusqlite::Error) -> Error {
    if lacks_table(error) {
        return no_table(&base.dialect.table);
    }
    let (kind, what) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (Kind::Store, LOCKED),
        Some(ErrorCode::NotADatabase) => {
            (Kind::Configuration, "is no SQLite database: name another file, or move it away; it was left as it is")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            (Kind::Store, "is damaged: move it away, and a new one is made; it was left as it is")
        }
        Some(ErrorCode::DiskFull) => (Kind::Store, "cannot grow: the disk is full"),
        Some(ErrorCode::ReadOnly) => (Kind::Store, "is where this process may not write"),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => (Kind::Store, "cannot be opened"),
        Some(ErrorCode::TooBig) => (Kind::TooLarge, "does not take so large a value"),
        _ => (Kind::Store, "did not answer"),
    };
    Error::new(kind, format!("the cache in `{}` {what} ({error})", base.path.display()))
}

/// Turns an error of the system into one about the file.
pub(super) fn unmade(base: &Base, error: &std::io::Error) -> Error {
    Error::new(Kind::Store, format!("the cache in `{}` cannot be made ({error})", base.path.display()))
}

/// Says that others have met a lock for so long that nobody else is to.
pub(super) fn locked(base: &Base) -> Error {
    Error::new(Kind::Store, format!("the cache in `{}` {LOCKED}", base.path.display()))
}

pub(super) fn is_locked(error: &Error) -> bool {
    error.to_string().contains(LOCKED)
}

pub(super) fn stopped(base: &Base) -> Error {
    let sentence = "the thread that writes into the cache in `{path}` has stopped: the next write begins another";
    Error::new(Kind::Store, sentence.replace("{path}", &base.path.to_string_lossy()))
}

/// Returns whether what was open is not there any more.
pub(super) fn is_lost(error: &rusqlite::Error) -> bool {
    lacks_table(error) || error.sqlite_error_code() == Some(ErrorCode::CannotOpen)
}

/// Returns whether the table is not there, or is another than it was.
pub(super) fn lacks_table(error: &rusqlite::Error) -> bool {
    let text = error.to_string();
    text.contains("no such table") || text.contains("no such column") || text.contains("has no column")
}
