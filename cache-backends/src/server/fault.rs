//! [`Fault`]: what went wrong between here and a server.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, io};

use cache_core::error::{Error, Kind};

use super::Wire;
use crate::database::{Table, error};
use crate::distrust::Distrust;

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
    what: Cow<'static, str>,
    said: Said,
}

impl Fault {
    pub(crate) fn of<W: Wire>(error: &sqlx::Error) -> Self {
        let lost = |kind, what: &'static str| (Verdict::Lost, kind, what.into());
        let (verdict, kind, what): (_, _, Cow<'static, str>) = match error {
            sqlx::Error::Database(error) => {
                let usual = (Verdict::Refused, Kind::Store, "refused a statement");
                let (verdict, kind, what) = W::finding(&W::code(&**error), error.message()).unwrap_or(usual);
                (verdict, kind, what.into())
            }
            // Nothing but writing breaks a pipe: whoever reads is told of an end.
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                (Verdict::Unheard, Kind::Store, "is away".into())
            }
            sqlx::Error::Io(error) if is_about_certificates(error) => {
                (Verdict::Lost, Kind::Configuration, untrusted(W::AUTHORITY, &error.to_string()).into())
            }
            sqlx::Error::Io(error) if is_about_hosts(error) => lost(
                Kind::Store,
                "is away: its host was not found: is the name written as it should be, and does DNS answer?",
            ),
            sqlx::Error::Io(_) => lost(Kind::Store, "is away"),
            sqlx::Error::Configuration(_) | sqlx::Error::InvalidArgument(_) => {
                lost(Kind::Configuration, "cannot be reached in the way that is asked for")
            }
            sqlx::Error::Tls(_) => lost(Kind::Store, "and this client find no way to encrypt"),
            _ => lost(Kind::Store, "answered with something unusable"),
        };
        Self { verdict, kind, what, said: Said::of::<W>(error) }
    }

    /// Makes an error of it that shows no secrets, and nothing of the driver's.
    pub(crate) fn into_error(self, wire: &impl Wire, table: &Table) -> Error {
        let error = match self.verdict {
            Verdict::NoTable => Error::configuration(format!("{}: {}", wire.name(), error::no_table(table))),
            _ => Error::new(self.kind, format!("{} {}", wire.name(), self.what)),
        };
        error.with_source(self.said)
    }
}

/// Returns whether this end or the other does not take what the other has shown: that comes as an error of the socket.
fn is_about_certificates(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData && error.to_string().to_ascii_lowercase().contains("certificate")
}

/// Says why a certificate is not accepted. The library tells that in words of its own, and as those of the system.
fn untrusted(authority: &'static str, said: &str) -> String {
    let says = |words: [&str; 2]| words.iter().any(|word| said.contains(word));
    let distrust = match () {
        () if said.contains("UnknownIssuer") => Distrust::Authority(authority),
        () if says(["not valid for name", "NotValidForName"]) => Distrust::Name(
            "another name than that of its host".to_owned(),
            "write the host as its certificate names it, or give the server one that names this host",
        ),
        () if says(["certificate expired", "Expired"]) => Distrust::Late,
        () if says(["not valid yet", "NotValidYet"]) => Distrust::Early,
        () if said.contains("Revoked") => Distrust::Revoked,
        () => return "and this client cannot encrypt: a certificate is not accepted".to_owned(),
    };
    format!("cannot be reached: its certificate is {distrust}")
}

/// Returns whether nobody knows where a host is. The system has no kind of error for that.
fn is_about_hosts(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().contains("lookup address")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_not_taken_is_told_with_what_to_do() {
        for (said, sentence) in [
            ("UnknownIssuer", "of an authority that is not trusted here: `sslrootcert` names the file"),
            ("certificate not valid for name \"db\"", "for another name than that of its host: write the host as"),
            ("NotValidForName", "for another name than that of its host: write the host as"),
            ("certificate expired: verification time 2 (UNIX)", "out of date: it is to be renewed there"),
            ("Expired", "out of date: it is to be renewed there"),
            ("certificate not valid yet: verification time 1", "not valid yet: is the clock"),
            ("NotValidYet", "not valid yet: is the clock"),
            ("Revoked", "revoked: "),
        ] {
            let told = untrusted("sslrootcert", &format!("invalid peer certificate: {said}"));
            assert!(told.starts_with(&format!("cannot be reached: its certificate is {sentence}")), "{told}");
        }
        let other = untrusted("sslrootcert", "received fatal alert: BadCertificate");
        assert_eq!(other, "and this client cannot encrypt: a certificate is not accepted");
    }
}
