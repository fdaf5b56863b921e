//! [`Config`]: where the servers are, and how they are spoken to.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use cache_core::error::Error;

use super::language::Login;
use crate::pipe::{Limits, Server, Tls};
use crate::place::{Given, Host, Location, Options, Place};

/// How long a call may take, where nobody says.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The largest entry of a server that was not told another one with `-I`.
const MAX_ITEM: u64 = 1 << 20;
/// The largest that any can be told.
const LARGEST_ITEM: u64 = 1 << 30;
/// The smallest that any can be told.
const SMALLEST_ITEM: u64 = 1 << 10;
/// What of an entry is not its value: a name of 250 bytes, and what the server notes beside it.
const OVERHEAD: u64 = 512;
/// How much may wait to be sent to one server.
const WAITING_BYTES: usize = 64 << 20;

const PORT: u16 = 11_211;
/// What servers are called in messages.
pub(super) const NAME: &str = "Memcached";

/// Where servers of Memcached are, and how they are spoken to.
///
/// ```
/// use std::time::Duration;
/// use cache_backends::memcached::Config;
///
/// let config = Config::new("memcached://shop:secret@cache1,cache2:11212")?
///     .weight("cache2:11212", 3)?
///     .response_timeout(Duration::from_millis(500));
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "it is to be handed to its store"]
pub struct Config {
    pub(super) members: Vec<Member>,
    pub(super) login: Option<Login>,
    tls: Option<Tls>,
    response_timeout: Duration,
    max_item: u64,
}

/// One of the servers.
#[derive(Clone)]
pub(super) struct Member {
    pub host: Where,
    /// What it is called on the ring.
    pub name: String,
    pub weight: u16,
}

/// A host with its port, or a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Tcp(String, u16),
    Unix(PathBuf),
}

impl Config {
    /// Reads the address of servers, such as `memcached://cache1,cache2:11212` or `memcached+unix:///run/memcached.sock`.
    /// Options of the store may stand behind its `?`, as they may in a file of configuration.
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
            "Memcached is bounded on each server, by what `-m` says there",
        )?;
        let Place { locations, mut options, .. } = place;
        let first = locations.first().ok_or_else(|| Error::configuration("servers are at `memcached://host,host`"))?;
        if locations.iter().any(|location| location.scheme() != first.scheme()) {
            return Err(Error::configuration("the addresses of one cache on Memcached begin alike"));
        }
        let is_encrypted = options.flag("tls")?;
        let is_encrypted = first.scheme() == "memcacheds" || is_encrypted == Some(true);
        let tls = Tls::read(is_encrypted, "memcacheds", &mut options)?;
        let mut members = Vec::new();
        for location in &locations {
            members.extend(members_of(location)?);
        }
        let login = login(&locations, &mut options)?;
        let response_timeout = options.time("response_timeout")?.unwrap_or(TIMEOUT);
        let max_item = options.bytes("max_value")?.unwrap_or(MAX_ITEM);
        let weights = options.text("weights")?;
        options.done()?;
        let mut config = Self { members, login, tls, response_timeout, max_item };
        for weight in weights.iter().flat_map(|weights| weights.split(',')) {
            let (server, weight) = read_weight(weight)?;
            config = config.weight(server, weight)?;
        }
        config.check().map(|()| config)
    }

    /// Checks what no builder method can refuse.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_twice =
            |(at, member): (usize, &Member)| self.members[..at].iter().any(|other| other.name == member.name);
        match () {
            () if self.response_timeout.is_zero() => {
                Err(Error::configuration("`response_timeout` is the time that a call may take, and cannot be 0"))
            }
            () if !(SMALLEST_ITEM..=LARGEST_ITEM).contains(&self.max_item) => {
                Err(Error::configuration("`max_value` is what `-I` says on the servers: from 1 KiB to 1 GiB"))
            }
            () if self.members.iter().enumerate().any(is_twice) => Err(Error::configuration(
                "a server is named twice; one that is to hold more has a weight: `weights=cache1=2`",
            )),
            () => Ok(()),
        }
    }

    /// Gives a server, called as in the address, so many times the share of one that has the weight 1.
    ///
    /// # Errors
    ///
    /// When there is none of this name, or with a weight that is not from 1 to 100.
    pub fn weight(mut self, server: &str, weight: u16) -> Result<Self, Error> {
        let wrong = || {
            Error::configuration(
                "a weight is of a server of the address, as it is called there: `weights=cache1:11211=2`",
            )
        };
        let name = Location::parse(&format!("memcached://{server}"))
            .ok()
            .and_then(|location| location.hosts().first().map(|host| name_of(&Where::at(host))));
        let member =
            self.members.iter_mut().find(|member| name.as_ref() == Some(&member.name) || member.name == server);
        let member = member.ok_or_else(wrong)?;
        if !(1..=100).contains(&weight) {
            return Err(Error::configuration("a weight is a whole number from 1 to 100"));
        }
        member.weight = weight;
        Ok(self)
    }

    /// Gives a call up after this long, whatever it waits for; 2 seconds where nobody says.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// States the largest entry that the servers take, as `-I` says there; 1 MiB where nobody says.
    pub fn max_value(mut self, bytes: u64) -> Self {
        self.max_item = bytes;
        self
    }

    /// The most bytes that a value may have.
    pub(super) fn max_value_bytes(&self) -> u64 {
        self.max_item.saturating_sub(OVERHEAD)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { timeout: self.response_timeout, waiting_bytes: WAITING_BYTES }
    }

    pub(super) fn server(&self, member: &Member) -> Server {
        let server = match &member.host {
            Where::Tcp(host, port) => Server::tcp(NAME, host, *port),
            Where::Unix(path) => Server::unix(NAME, path),
        };
        match &self.tls {
            Some(tls) => server.encrypted(tls.clone()),
            None => server,
        }
    }
}

impl Where {
    fn at(host: &Host) -> Self {
        if host.is_socket() {
            Self::Unix(host.name().into())
        } else {
            Self::Tcp(host.name().to_owned(), host.port().unwrap_or(PORT))
        }
    }
}

/// Returns what a server is called on the ring: what is the same in every process that writes the same address.
fn name_of(host: &Where) -> String {
    match host {
        Where::Tcp(host, port) if host.contains(':') => format!("[{host}]:{port}"),
        Where::Tcp(host, port) => format!("{host}:{port}"),
        Where::Unix(path) => path.display().to_string(),
    }
}

fn members_of(location: &Location) -> Result<Vec<Member>, Error> {
    let (hosts, path) = (location.hosts(), location.path());
    let places = match location.scheme() {
        "memcached+unix" if path.len() > 1 && hosts.is_empty() => vec![Where::Unix(path.into())],
        "memcached+unix" if path.is_empty() && !hosts.is_empty() && hosts.iter().all(Host::is_socket) => {
            hosts.iter().map(Where::at).collect()
        }
        "memcached+unix" => {
            return Err(Error::configuration("a socket is at `memcached+unix:///path/to/socket`, with three slashes"));
        }
        "memcached" | "memcacheds" if !path.trim_matches('/').is_empty() => {
            return Err(Error::configuration("behind the hosts of Memcached stands no path: it has no databases"));
        }
        "memcached" | "memcacheds" if hosts.is_empty() => vec![Where::Tcp("localhost".to_owned(), PORT)],
        "memcached" | "memcacheds" => hosts.iter().map(Where::at).collect(),
        _ => {
            return Err(Error::configuration(
                "servers are at `memcached://…`, `memcacheds://…` or `memcached+unix://…`",
            ));
        }
    };
    Ok(places.into_iter().map(|host| Member { name: name_of(&host), host, weight: 1 }).collect())
}

fn read_weight(text: &str) -> Result<(&str, u16), Error> {
    let read = text.rsplit_once('=').and_then(|(server, weight)| Some((server.trim(), weight.trim().parse().ok()?)));
    read.ok_or_else(|| Error::configuration("weights are whole numbers, server by server: \"cache1=2,cache2:11212=3\""))
}

/// Reads who logs in, from the addresses, which may say it once, and from the options.
fn login(locations: &[Location], options: &mut Options) -> Result<Option<Login>, Error> {
    let (mut user, mut password) = (None, None);
    for location in locations {
        take(&mut user, location.user())?;
        take(&mut password, location.password())?;
    }
    take(&mut user, options.text("user")?.as_deref())?;
    take(&mut password, options.text("password")?.as_deref())?;
    match (user, password) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => Login::new(user, password).map(Some),
        _ => {
            Err(Error::configuration("Memcached asks for a user and for a password: `memcached://user:password@host`"))
        }
    }
}

fn take(place: &mut Option<Box<str>>, given: Option<&str>) -> Result<(), Error> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(()) };
    match place.replace(given.into()) {
        Some(before) if *before != *given => {
            Err(Error::configuration("two different users or passwords are named: say it once"))
        }
        _ => Ok(()),
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers: Vec<_> = self.members.iter().map(|member| (&member.name, member.weight)).collect();
        f.debug_struct("Config")
            .field("servers", &servers)
            .field("response_timeout", &self.response_timeout)
            .field("max_value", &self.max_item)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
