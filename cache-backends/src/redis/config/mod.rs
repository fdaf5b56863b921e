//! [`Config`]: where the servers are, and how they are spoken to.

mod address;
mod tells;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cache_core::error::Error;

use super::language::{Login, Whose};
use super::making::Making;
use crate::pipe::{Limits, Server, Tls};
use crate::place::{Given, Location, Options, Place};
pub(super) use address::Topology;
use address::{Scheme, login};
pub use tells::Tells;

/// How long a call may take, where nobody says.
const TIMEOUT: Duration = Duration::from_secs(2);
/// For how long what this process wrote is read where it was written, where nobody says.
const READ_YOUR_WRITES: Duration = Duration::from_secs(2);
/// How long a clear may take, where nobody says.
const CLEAR_TIMEOUT: Duration = Duration::from_secs(300);
/// How much may wait to be sent: a value of the largest size, and then some.
const WAITING_BYTES: usize = 128 << 20;

/// Where servers of Redis or Valkey are, and how they are spoken to.
///
/// ```
/// use std::time::Duration;
/// use cache_backends::redis::Config;
///
/// let config = Config::new("redis://shop:secret@db1/2")?.response_timeout(Duration::from_millis(500));
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "it is to be handed to its store"]
pub struct Config {
    pub(super) servers: Vec<Server>,
    pub(super) kind: Topology,
    pub(super) login: Login,
    pub(super) tls: Option<Tls>,
    pub(super) reads_replicas: bool,
    pub(super) response_timeout: Duration,
    pub(super) read_your_writes: Duration,
    pub(super) clear_timeout: Duration,
    pub(super) tells: Tells,
}

impl Config {
    /// Reads the address of a server, such as `redis://user:password@host/database`. Options of the store may stand behind its
    /// `?`, as they may in a file of configuration.
    ///
    /// # Errors
    ///
    /// When it is none, or with an option that there is not.
    pub fn new(address: &str) -> Result<Self, Error> {
        let location = Location::parse(address)?;
        let mut options = Options::default();
        for (name, value) in location.query() {
            options.give(name, Given::Text(value.to_owned()));
        }
        Self::from_place(Place { locations: vec![location], options, ..Place::default() })
    }

    /// Reads what somebody has written down.
    ///
    /// # Errors
    ///
    /// With what is wrong in it, or what there is not.
    pub fn from_place(place: Place) -> Result<Self, Error> {
        place.lacks(
            &["max_entries", "max_bytes", "cull_frequency"],
            "Redis is bounded on the server, by `maxmemory` and `maxmemory-policy`",
        )?;
        let Place { locations, mut options, .. } = place;
        let scheme = Scheme::of(&locations)?;
        let tls = scheme.encryption(&mut options)?;
        let servers = scheme.servers(&locations, tls.as_ref(), &mut options)?;
        let (path, kind) = scheme.kind(&locations, &mut options)?;
        let login = login(&locations, &path, &mut options)?;
        let reads_replicas = kind.is_told_of_replicas() && options.flag("read_replicas")?.unwrap_or(false);
        let response_timeout = options.time("response_timeout")?.unwrap_or(TIMEOUT);
        let read_your_writes = options.time("read_your_writes")?.unwrap_or(READ_YOUR_WRITES);
        let clear_timeout = options.time("clear_timeout")?.unwrap_or(CLEAR_TIMEOUT);
        let tells = options.text("tells")?.as_deref().map_or(Ok(Tells::default()), Tells::read)?;
        options.done()?;
        let config = Self {
            servers,
            kind,
            login,
            tls,
            reads_replicas,
            response_timeout,
            read_your_writes,
            clear_timeout,
            tells,
        };
        config.check().map(|()| config)
    }

    /// Checks what no builder method can refuse.
    pub(super) fn check(&self) -> Result<(), Error> {
        match () {
            () if self.response_timeout.is_zero() => {
                Err(Error::configuration("`response_timeout` is the time that a call may take, and cannot be 0"))
            }
            () if self.clear_timeout.is_zero() => {
                Err(Error::configuration("`clear_timeout` is the time that a clear may take, and cannot be 0"))
            }
            () if self.login.user.is_some() && self.login.password.is_none() => Err(Error::configuration(
                "a user logs in with a password: `redis://user:password@host`; a password alone is `redis://:password@host`",
            )),
            () if matches!(self.kind, Topology::Cluster) && self.login.database != 0 => {
                Err(Error::configuration("a cluster has one database, 0: give caches prefixes of their own"))
            }
            () => Ok(()),
        }
    }

    /// Logs in as this user; `default` where nobody says.
    pub fn user(mut self, user: &str) -> Self {
        self.login.user = Some(user.into());
        self
    }

    /// Logs in with this password.
    pub fn password(mut self, password: &str) -> Self {
        self.login.password = Some(password.into());
        self
    }

    /// Keeps entries in the database of this number; 0 where nobody says.
    pub fn database(mut self, database: u32) -> Self {
        self.login.database = database;
        self
    }

    /// Gives a call up after this long, whichever servers it asks; 2 seconds where nobody says.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Gives a clear up after this long, with all its steps; 5 minutes where nobody says. Each step has the time of a call, and
    /// what was not cleared in time is owed.
    pub fn clear_timeout(mut self, timeout: Duration) -> Self {
        self.clear_timeout = timeout;
        self
    }

    /// Says by which way the store tells of its changes; [`Tells::Tracking`] where nobody says. All processes that share what
    /// is kept are to say the same.
    pub fn tells(mut self, tells: Tells) -> Self {
        self.tells = tells;
        self
    }

    /// Reads what this process has written where it was written, for so long after; 2 seconds where nobody says. It is of use
    /// where others are read from.
    pub fn read_your_writes(mut self, time: Duration) -> Self {
        self.read_your_writes = time;
        self
    }

    /// Reads from those that follow too, where sentinels or a cluster know of some. What is found there may be a little behind.
    pub fn read_replicas(mut self, is_so: bool) -> Self {
        self.reads_replicas = is_so;
        self
    }

    /// Returns what all connections have in common, where somebody logs in so.
    pub(super) fn making(&self, login: &Login, whose: Whose) -> Making {
        let limits = Limits { timeout: self.response_timeout, waiting_bytes: WAITING_BYTES };
        let login = Login { whose, ..login.clone() };
        Making {
            login,
            limits,
            journal: Arc::default(),
            tls: self.tls.clone(),
            tells: self.tells,
            refused: Arc::default(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("kind", &self.kind)
            .field("servers", &self.servers.iter().map(ToString::to_string).collect::<Vec<_>>())
            .field("database", &self.login.database)
            .field("response_timeout", &self.response_timeout)
            .field("read_your_writes", &self.read_your_writes)
            .field("clear_timeout", &self.clear_timeout)
            .field("tells", &self.tells)
            .finish_non_exhaustive()
    }
}

pub(super) fn nowhere() -> Error {
    Error::configuration("a Redis server is at `redis://host`")
}

#[cfg(test)]
mod tests;
