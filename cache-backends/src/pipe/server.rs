//! [`Server`]: whom a pipe leads to.

use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "redis")]
use crate::place::Host;

/// Whom a pipe leads to.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(super) address: Address,
    pub(super) tls: Option<Tls>,
    name: Box<str>,
}

#[derive(Clone, Debug)]
pub(super) enum Address {
    Tcp(Box<str>, u16),
    Unix(PathBuf),
}

/// How a connection is encrypted. What is not given here is as the system has it.
#[derive(Clone, Debug, Default)]
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "without encryption it is told of and no more"))]
pub(crate) struct Tls {
    /// A file of the certificates that are trusted in the place of the system's.
    pub authority: Option<PathBuf>,
    /// The files of our own certificate and of its key.
    pub own: Option<(PathBuf, PathBuf)>,
    /// The name that the server's certificate is to be for, in the place of its host's.
    pub server_name: Option<String>,
}

impl Server {
    /// Names a host and a port. The kind of server is for messages: `Redis`.
    pub(crate) fn tcp(kind: &str, host: &str, port: u16) -> Self {
        let name =
            if host.contains(':') { format!("{kind} at [{host}]:{port}") } else { format!("{kind} at {host}:{port}") };
        Self { address: Address::Tcp(host.into(), port), tls: None, name: name.into() }
    }

    /// Names a socket of this machine.
    pub(crate) fn unix(kind: &str, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = format!("{kind} at {}", path.display()).into();
        Self { address: Address::Unix(path), tls: None, name }
    }

    /// Names what an address says, with this port where it says none.
    #[cfg(feature = "redis")]
    pub(crate) fn at(kind: &str, host: &Host, port: u16) -> Self {
        if host.is_socket() {
            Self::unix(kind, host.name())
        } else {
            Self::tcp(kind, host.name(), host.port().unwrap_or(port))
        }
    }

    /// Returns the host; of a socket of this machine, this machine.
    #[cfg(feature = "redis")]
    pub(crate) fn host(&self) -> &str {
        match &self.address {
            Address::Tcp(host, _) => host,
            Address::Unix(_) => "localhost",
        }
    }

    #[must_use]
    pub(crate) fn encrypted(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }
}

/// Says who it is in a sentence: `Redis at db1:6379`.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
