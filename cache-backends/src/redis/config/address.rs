//! [`Scheme`]: what an address says of servers, and what options add to it.

use std::fmt;

use cache_core::error::Error;

use super::super::language::{Login, Whose};
use super::super::making::NAME;
use super::nowhere;
use crate::pipe::{Server, Tls};
use crate::place::{Host, Location, Options};

const PORT: u16 = 6379;
const PORT_OF_SENTINELS: u16 = 26_379;

/// How the servers belong together.
#[derive(Clone)]
pub(in super::super) enum Topology {
    /// The first one is written to; the others follow it.
    Fixed,
    /// They are sentinels: how they call what they watch over, and who logs in with them.
    Sentinel { service: String, login: Login },
    /// They are some of the servers of a cluster.
    Cluster,
}

/// What stands before `://`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheme {
    is_encrypted: bool,
    kind: Written,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Host,
    Socket,
    Sentinel,
    Cluster,
}

impl Scheme {
    /// Reads what all addresses begin with.
    pub(super) fn of(locations: &[Location]) -> Result<Self, Error> {
        let first = locations.first().ok_or_else(nowhere)?.scheme();
        if locations.iter().any(|location| location.scheme() != first) {
            return Err(Error::configuration("the addresses of one cache on Redis begin alike"));
        }
        let (base, kind) = first.split_once('+').unwrap_or((first, ""));
        let is_encrypted = matches!(base, "rediss" | "valkeys");
        let kind = match kind {
            "" => Written::Host,
            "unix" if !is_encrypted => Written::Socket,
            "sentinel" => Written::Sentinel,
            "cluster" => Written::Cluster,
            _ => return Err(Error::configuration(SCHEMES)),
        };
        let is_ours = is_encrypted || matches!(base, "redis" | "valkey");
        if is_ours { Ok(Self { is_encrypted, kind }) } else { Err(Error::configuration(SCHEMES)) }
    }

    /// Returns the servers that are named.
    pub(super) fn servers(
        self,
        locations: &[Location],
        tls: Option<&Tls>,
        options: &mut Options,
    ) -> Result<Vec<Server>, Error> {
        let mut servers = Vec::new();
        for location in locations {
            servers.extend(self.servers_of(location)?);
        }
        let replicas = if self.names_replicas() { options.text("replicas")? } else { None };
        if let Some(replicas) = replicas {
            servers.extend(hosts(&replicas)?.iter().map(|host| Server::at(NAME, host, PORT)));
        }
        let encrypted = |server: Server| match tls {
            Some(tls) => server.encrypted(tls.clone()),
            None => server,
        };
        Ok(servers.into_iter().map(encrypted).collect())
    }

    fn names_replicas(self) -> bool {
        matches!(self.kind, Written::Host | Written::Socket)
    }

    fn servers_of(self, location: &Location) -> Result<Vec<Server>, Error> {
        let (hosts, path) = (location.hosts(), location.path());
        let port = if self.kind == Written::Sentinel { PORT_OF_SENTINELS } else { PORT };
        match self.kind {
            Written::Socket if path.len() > 1 && hosts.is_empty() => Ok(vec![Server::unix(NAME, path)]),
            Written::Socket => {
                Err(Error::configuration("a socket is at `redis+unix:///path/to/socket`, with three slashes"))
            }
            _ if hosts.is_empty() => Ok(vec![Server::tcp(NAME, "localhost", port)]),
            _ => Ok(hosts.iter().map(|host| Server::at(NAME, host, port)).collect()),
        }
    }

    /// Returns the paths that name a database, and how the servers belong together.
    pub(super) fn kind(self, locations: &[Location], options: &mut Options) -> Result<(Vec<String>, Topology), Error> {
        let paths = locations.iter().map(|location| location.path().trim_matches('/').to_owned());
        let paths: Vec<_> = paths.filter(|path| !path.is_empty()).collect();
        match self.kind {
            Written::Socket => Ok((Vec::new(), Topology::Fixed)),
            Written::Host => Ok((paths, Topology::Fixed)),
            Written::Cluster => Ok((paths, Topology::Cluster)),
            Written::Sentinel => {
                let path = paths.first().ok_or_else(|| Error::configuration(SERVICE))?;
                let (service, database) = path.split_once('/').unwrap_or((path, ""));
                let login = Login {
                    user: options.text("sentinel_user")?.map(Into::into),
                    password: options.text("sentinel_password")?.map(Into::into),
                    ..Login::default()
                };
                let database = Some(database.to_owned()).filter(|path| !path.is_empty());
                let service = service.to_owned();
                Ok((database.into_iter().collect(), Topology::Sentinel { service, login }))
            }
        }
    }

    /// Reads how connections are encrypted, if they are.
    pub(super) fn encryption(self, options: &mut Options) -> Result<Option<Tls>, Error> {
        Tls::read(self.is_encrypted, "rediss", options)
    }
}

const SCHEMES: &str = "a Redis server is at `redis://…`, `rediss://…` or `redis+unix://…`; sentinels are at \
                       `redis+sentinel://…`, and a cluster is at `redis+cluster://…`";
const SERVICE: &str = "behind sentinels stands what they watch over: `redis+sentinel://host1,host2,host3/mymaster`";

impl Topology {
    /// Returns whose password it is that is named without further words.
    pub(in super::super) fn whose(&self) -> Whose {
        match self {
            Self::Fixed => Whose::Server,
            Self::Sentinel { .. } => Whose::Watched,
            Self::Cluster => Whose::Member,
        }
    }

    /// Returns whether servers are asked who follows whom.
    pub(super) fn is_told_of_replicas(&self) -> bool {
        !matches!(self, Self::Fixed)
    }
}

impl fmt::Debug for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed => "Fixed",
            Self::Sentinel { .. } => "Sentinel",
            Self::Cluster => "Cluster",
        })
    }
}

/// Reads who logs in, from the addresses, which may say it once, and from the options.
pub(super) fn login(locations: &[Location], paths: &[String], options: &mut Options) -> Result<Login, Error> {
    let mut login = Login::default();
    for location in locations {
        take(&mut login.user, location.user())?;
        take(&mut login.password, location.password())?;
    }
    take(&mut login.user, options.text("user")?.as_deref())?;
    take(&mut login.password, options.text("password")?.as_deref())?;
    let mut database = options.number("database")?;
    for path in paths {
        let number = path
            .parse()
            .map_err(|_| Error::configuration("behind the host stands the number of a database: `redis://host/2`"))?;
        if database.replace(number).is_some_and(|before| before != number) {
            return Err(Error::configuration("two different databases are named: say it once"));
        }
    }
    let most = "a database is a number, and most servers have 16: from 0 to 15";
    login.database = u32::try_from(database.unwrap_or(0)).map_err(|_| Error::configuration(most))?;
    Ok(login)
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

/// Reads hosts as they stand in an address.
fn hosts(text: &str) -> Result<Vec<Host>, Error> {
    let wrong = || Error::configuration("`replicas` is hosts with their ports, such as \"db2:6379,db3:6379\"");
    let location = Location::parse(&format!("redis://{text}")).map_err(|_| wrong())?;
    let is_hosts = location.path().is_empty() && location.query().next().is_none();
    if is_hosts && location.user().is_none() { Ok(location.hosts().to_vec()) } else { Err(wrong()) }
}
