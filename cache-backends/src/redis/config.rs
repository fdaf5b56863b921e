//! [`Config`]: where the servers are, and how they are spoken to.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use cache_core::error::{Error, Kind};

use super::language::Login;
use crate::pipe::{Limits, Server, Tls};
use crate::place::{Given, Host, Location, Options, Place};

/// How long connecting and an answer may take, where nobody says.
const TIMEOUT: Duration = Duration::from_secs(2);
/// For how long what this process wrote is read where it was written, where nobody says.
const READ_YOUR_WRITES: Duration = Duration::from_secs(2);
/// How much may wait to be sent: a value of the largest size, and then some.
const WAITING_BYTES: usize = 128 << 20;

const PORT: u16 = 6379;

/// Where servers of Redis or Valkey are, and how they are spoken to.
///
/// ```
/// use std::time::Duration;
/// use cache_backends::redis::Config;
///
/// let config = Config::new("redis://shop:secret@db1/2")?.timeout(Duration::from_millis(500));
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "it is to be handed to its store"]
pub struct Config {
    /// The first one is written to; the others follow it.
    pub(super) servers: Vec<Server>,
    pub(super) login: Login,
    pub(super) timeout: Duration,
    pub(super) read_your_writes: Duration,
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
        let Place { locations, max_entries, max_bytes, cull_frequency, mut options } = place;
        if max_entries.is_some() || max_bytes.is_some() || cull_frequency.is_some() {
            return Err(trouble(
                "Redis is bounded on the server: `maxmemory`, and `maxmemory-policy` for what goes first",
            ));
        }
        let first = locations.first().ok_or_else(nowhere)?;
        let scheme = Scheme::of(first)?;
        if locations.iter().any(|location| location.scheme() != first.scheme()) {
            return Err(trouble("the addresses of one cache on Redis begin alike"));
        }
        let tls = encryption(scheme, &mut options)?;
        let mut servers = Vec::new();
        for location in &locations {
            servers.extend(servers_of(location, scheme)?);
        }
        for host in options.text("replicas")?.map_or_else(|| Ok(Vec::new()), |text| hosts(&text))? {
            servers.push(Server::at(NAME, &host, PORT));
        }
        if let Some(tls) = &tls {
            servers = servers.into_iter().map(|server| server.encrypted(tls.clone())).collect();
        }
        let login = login(&locations, scheme, &mut options)?;
        let timeout = options.time("timeout")?.unwrap_or(TIMEOUT);
        let read_your_writes = options.time("read_your_writes")?.unwrap_or(READ_YOUR_WRITES);
        options.done()?;
        let config = Self { servers, login, timeout, read_your_writes };
        config.check().map(|()| config)
    }

    /// Checks what no builder method can refuse.
    pub(super) fn check(&self) -> Result<(), Error> {
        match () {
            () if self.timeout.is_zero() => {
                Err(trouble("`timeout` is the time that an answer may take, and cannot be 0"))
            }
            () if self.login.user.is_some() && self.login.password.is_none() => Err(trouble(
                "a user logs in with a password: `redis://user:password@host`; a password alone is `redis://:password@host`",
            )),
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

    /// Gives up connecting, or waiting for an answer, after this long; 2 seconds where nobody says.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Reads what this process has written where it was written, for so long after; 2 seconds where nobody says. It is of use
    /// where others are read from.
    pub fn read_your_writes(mut self, time: Duration) -> Self {
        self.read_your_writes = time;
        self
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { timeout: self.timeout, waiting_bytes: WAITING_BYTES }
    }
}

/// What servers are called in messages.
const NAME: &str = "Redis";

/// What stands before `://`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Scheme {
    is_encrypted: bool,
    is_socket: bool,
}

impl Scheme {
    fn of(location: &Location) -> Result<Self, Error> {
        let (is_encrypted, is_socket) = match location.scheme() {
            "redis" | "valkey" => (false, false),
            "rediss" | "valkeys" => (true, false),
            "redis+unix" | "valkey+unix" => (false, true),
            _ => return Err(trouble("a Redis server is at `redis://…`, `rediss://…` or `redis+unix://…`")),
        };
        Ok(Self { is_encrypted, is_socket })
    }
}

fn servers_of(location: &Location, scheme: Scheme) -> Result<Vec<Server>, Error> {
    let (hosts, path) = (location.hosts(), location.path());
    match () {
        () if scheme.is_socket && path.len() > 1 && hosts.is_empty() => Ok(vec![Server::unix(NAME, path)]),
        () if scheme.is_socket => Err(trouble("a socket is at `redis+unix:///path/to/socket`, with three slashes")),
        () if hosts.is_empty() => Ok(vec![Server::tcp(NAME, "localhost", PORT)]),
        () => Ok(hosts.iter().map(|host| Server::at(NAME, host, PORT)).collect()),
    }
}

/// Reads who logs in, from the addresses, which may say it once, and from the options.
fn login(locations: &[Location], scheme: Scheme, options: &mut Options) -> Result<Login, Error> {
    let mut login = Login::default();
    for location in locations {
        take(&mut login.user, location.user())?;
        take(&mut login.password, location.password())?;
    }
    take(&mut login.user, options.text("user")?.as_deref())?;
    take(&mut login.password, options.text("password")?.as_deref())?;
    let mut database = options.number("database")?;
    for location in locations.iter().filter(|_| !scheme.is_socket) {
        let path = location.path();
        let path = path.trim_matches('/');
        if path.is_empty() {
            continue;
        }
        let number =
            path.parse().map_err(|_| trouble("behind the host stands the number of a database: `redis://host/2`"))?;
        if database.replace(number).is_some_and(|before| before != number) {
            return Err(trouble("two different databases are named: say it once"));
        }
    }
    let most = "a database is a number, and most servers have 16: from 0 to 15";
    login.database = u32::try_from(database.unwrap_or(0)).map_err(|_| trouble(most))?;
    Ok(login)
}

fn take(place: &mut Option<Box<str>>, given: Option<&str>) -> Result<(), Error> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(()) };
    match place.replace(given.into()) {
        Some(before) if *before != *given => Err(trouble("two different users or passwords are named: say it once")),
        _ => Ok(()),
    }
}

/// Reads how connections are encrypted, if they are.
fn encryption(scheme: Scheme, options: &mut Options) -> Result<Option<Tls>, Error> {
    let authority = options.text("tls_ca")?.map(PathBuf::from);
    let [certificate, key] = [options.text("tls_cert")?, options.text("tls_key")?];
    let server_name = options.text("tls_name")?;
    let own = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
        (None, None) => None,
        _ => return Err(trouble("`tls_cert` and `tls_key` are named together: a certificate, and the key to it")),
    };
    let is_named = authority.is_some() || own.is_some() || server_name.is_some();
    match () {
        () if is_named && !scheme.is_encrypted => Err(trouble("an encrypted connection begins with `rediss://`")),
        () if !scheme.is_encrypted => Ok(None),
        () if !cfg!(feature = "tls") => Err(trouble("an encrypted connection takes the feature `tls` of larder")),
        () => Ok(Some(Tls { authority, own, server_name })),
    }
}

/// Reads hosts as they stand in an address.
fn hosts(text: &str) -> Result<Vec<Host>, Error> {
    let wrong = || trouble("`replicas` is hosts with their ports, such as \"db2:6379,db3:6379\"");
    let location = Location::parse(&format!("redis://{text}")).map_err(|_| wrong())?;
    let is_hosts = location.path().is_empty() && location.query().next().is_none();
    if is_hosts && location.user().is_none() { Ok(location.hosts().to_vec()) } else { Err(wrong()) }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("servers", &self.servers.iter().map(ToString::to_string).collect::<Vec<_>>())
            .field("database", &self.login.database)
            .field("timeout", &self.timeout)
            .field("read_your_writes", &self.read_your_writes)
            .finish_non_exhaustive()
    }
}

pub(super) fn nowhere() -> Error {
    trouble("a Redis server is at `redis://host`")
}

pub(super) fn trouble(sentence: &'static str) -> Error {
    Error::new(Kind::Configuration, sentence)
}

#[cfg(test)]
mod tests;
