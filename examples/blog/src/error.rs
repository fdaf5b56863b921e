//! What can go wrong, and what a visitor sees of it.

use std::fmt;
use std::sync::Arc;

/// Says why there is no page. It can be copied, so that all who wait for one load get the same error.
#[derive(Clone, Debug)]
pub enum Error {
    /// There is no such thing.
    Missing,
    /// Somebody else may do this.
    Forbidden,
    /// Nobody has logged in.
    Stranger,
    /// A form was filled in wrongly; the text says what to do.
    Invalid(&'static str),
    /// The database says no.
    Database(Arc<rusqlite::Error>),
    /// Somebody panicked, or left.
    Broken,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::Missing,
            error => Self::Database(Arc::new(error)),
        }
    }
}

impl Error {
    /// Returns whether the database refused a row, since another one is there or is missing.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Database(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation))
    }

    /// Returns the status code, which is all that programs are told; what the database said goes into the log.
    pub fn status(&self) -> u16 {
        match self {
            Self::Missing => 404,
            Self::Forbidden => 403,
            Self::Stranger => 401,
            Self::Invalid(_) => 422,
            Self::Broken => 500,
            Self::Database(_) => {
                log::error!("{self}");
                500
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such thing"),
            Self::Forbidden => f.write_str("somebody else may do this"),
            Self::Stranger => f.write_str("nobody has logged in"),
            Self::Invalid(text) => f.write_str(text),
            Self::Database(error) => write!(f, "the database: {error}"),
            Self::Broken => f.write_str("somebody panicked, or left"),
        }
    }
}

impl std::error::Error for Error {}
