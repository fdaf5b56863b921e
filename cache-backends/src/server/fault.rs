//! [`Fault`]: what went wrong between here and a server.

use std::error::Error as StdError;
use std::{fmt, io};

use cache_core::error::{Error, Kind};

use super::Wire;
use crate::database::{Table, error};

/// What is to be done about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The server took it back, and the same may well succeed at once: a deadlock.
    Again,
    /// The server said no. The connection is as good as before.
    Refused,
    /// There is no table, or not one of ours.
    NoTable,
    /// The connection is of no use any more, and the statement was certainly not run.
    Unheard,
    /// The connection is of no use any more, and nobody knows whether the statement was run.
    Lost,
}

/// What an error of a server means.
pub(crate) type Finding = (Verdict, Kind, &'static str);

/// What went wrong between here and a server.
#[derive(Debug)]
pub(crate) struct Fault {
    pub verdict: Verdict,
    kind: Kind,
    what: &'static str,
    said: Said,
}

impl Fault {
    pub(crate) fn of<W: Wire>(error: &sqlx::Error) -> Self {
        let (verdict, kind, what) = match error {
            sqlx::Error::Database(error) => {
                let usual = (Verdict::Refused, Kind::Store, "refused a statement");
                W::finding(&W::code(&**error), error.message()).unwrap_or(usual)
            }
            // Nothing but writing breaks a pipe: whoever reads is told of an end.
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                (Verdict::Unheard, Kind::Store, "is away")
            }
            sqlx::Error::Io(error) if is_about_certificates(error) => {
                (Verdict::Lost, Kind::Configuration, "and this client cannot encrypt: a certificate is not accepted")
            }
            sqlx::Error::Io(_) => (Verdict::Lost, Kind::Store, "is away"),
            sqlx::Error::Configuration(_) | sqlx::Error::InvalidArgument(_) => {
                (Verdict::Lost, Kind::Configuration, "cannot be reached in the way that is asked for")
            }
            sqlx::Error::Tls(_) => (Verdict::Lost, Kind::Store, "and this client find no way to encrypt"),
            _ => (Verdict::Lost, Kind::Store, "answered with something unusable"),
        };
        Self { verdict, kind, what, said: Said::of::<W>(error) }
    }

    /// Makes an error of it that shows no secrets, and nothing of the driver's.
    pub(crate) fn into_error<W: Wire>(self, table: &Table) -> Error {
        let error = match self.verdict {
            Verdict::NoTable => error::no_table(table),
            _ => Error::new(self.kind, format!("{} {}", W::NAME, self.what)),
        };
        error.with_source(self.said)
    }
}

/// Returns whether this end or the other does not take what the other has shown: that comes as an error of the socket.
fn is_about_certificates(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData && error.to_string().to_ascii_lowercase().contains("certificate")
}

/// What the server or the system said, in its own words. Details are left out, since values are in them.
#[derive(Debug)]
struct Said(String);

impl Said {
    fn of<W: Wire>(error: &sqlx::Error) -> Self {
        Self(match error {
            sqlx::Error::Database(error) => format!("{}: {}", W::code(&**error), error.message()),
            error => error.to_string(),
        })
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Said {}
