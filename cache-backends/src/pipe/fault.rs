//! [`Fault`]: what may happen to a connection, in sentences.

use std::io;
use std::time::Duration;

use cache_core::error::{Error, Kind};

use super::socket::Unopened;
use super::{Garbled, Server};

/// What may happen to a connection.
pub(super) enum Fault {
    Unopened(Unopened),
    /// It has ended, or broken.
    Lost(Option<io::Error>),
    /// An answer, or the connection itself, did not come within this time.
    Late(Duration),
    /// It was not even greeted within this time.
    Unheard(Duration),
    Garbled(Garbled),
    /// The runtime that it was in has ended.
    Ended,
    /// The runtime that it is in does nothing.
    Still,
    /// Too much waits to be sent.
    Full,
}

impl Fault {
    /// Says what it means that a connection has broken. What is wrong with a certificate may be told as late as this.
    pub(super) fn lost(error: io::Error) -> Self {
        #[cfg(feature = "tls")]
        let error = match super::tls::refused(error) {
            Unopened::Io(error) => error,
            other => return Self::Unopened(other),
        };
        Self::Lost(Some(error))
    }

    /// Makes an error of it.
    pub(super) fn of(self, server: &Server) -> Error {
        let kind = match self {
            Self::Unopened(Unopened::Wrong(_)) => Kind::Configuration,
            #[cfg(feature = "tls")]
            Self::Unopened(Unopened::Refused(_)) => Kind::Configuration,
            _ => Kind::Store,
        };
        let (sentence, source) = match self {
            Self::Unopened(Unopened::Io(error)) => {
                (format!("{server} is away: does it run, and may it be reached?"), Some(error))
            }
            Self::Unopened(Unopened::Nowhere(error)) => (
                format!(
                    "{server} is away: its host was not found: is the name written as it should be, and does DNS answer?"
                ),
                Some(error),
            ),
            Self::Unopened(Unopened::Wrong(why)) => (format!("{server} cannot be reached: {why}"), None),
            #[cfg(feature = "tls")]
            Self::Unopened(Unopened::Refused(error)) => {
                let shows_own = server.tls.as_ref().is_some_and(|tls| tls.own.is_some());
                (format!("{server} cannot be reached: {}", super::tls::reason(&error, shows_own)), Some(error))
            }
            Self::Lost(error) => (format!("{server} has ended the connection"), error),
            Self::Late(time) => (format!("{server} has not answered within {time:?}"), None),
            Self::Unheard(time) => {
                let doubt = if server.tls.is_some() { ": does it encrypt at this port?" } else { "" };
                (format!("{server} has not answered within {time:?}{doubt}"), None)
            }
            Self::Garbled(Garbled(why)) => (format!("{server} does not speak as it should: {why}"), None),
            Self::Ended => (format!("the connection to {server} has ended with the runtime that it was in"), None),
            Self::Still => (format!("the runtime that the connection to {server} is in stands still"), None),
            Self::Full => (format!("too much waits to be sent to {server}"), None),
        };
        let error = Error::new(kind, sentence);
        match source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}
