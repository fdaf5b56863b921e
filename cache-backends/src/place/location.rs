//! The address of a store: a URL that shows no secrets.

use std::fmt;

use cache_core::error::Error;

use super::Host;
use super::decode::{Undecodable, decoded};

/// The address of a store, such as `postgres://user:password@host:5432/database`.
///
/// Neither `Debug` nor `Display` shows who logs in with what, nor what stands behind the `?`; and no error about an
/// address shows anything of it but what stands before `://`.
///
/// ```
/// use cache_backends::place::Location;
///
/// let location = Location::parse("postgres://shop:p%40ss@[::1]:5432,db2/caches?pool=5")?;
/// assert_eq!((location.scheme(), location.path().as_str()), ("postgres", "/caches"));
/// assert_eq!((location.user(), location.password()), (Some("shop"), Some("p@ss")));
/// assert_eq!((location.host(), location.port()), (Some("::1"), Some(5432)));
/// assert_eq!(location.hosts().len(), 2);
/// assert_eq!(location.query().collect::<Vec<_>>(), [("pool", "5")]);
/// assert_eq!(location.to_string(), "postgres://…@[::1]:5432,db2/caches?…");
/// # Ok::<(), cache_core::error::Error>(())
/// ```
///
/// Addresses of files have no host, and say where a path begins:
///
/// ```
/// use cache_backends::place::Location;
///
/// assert_eq!(Location::parse("sqlite:///var/cache/shop.db")?.path(), "/var/cache/shop.db");
/// assert_eq!(Location::parse("file://./cache")?.path(), "./cache"); // from where the program is started
/// assert!(Location::parse("file://var/cache").is_err(), "from where?");
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Location {
    text: Box<str>,
    scheme: Box<str>,
    user: Option<Box<str>>,
    password: Option<Box<str>>,
    hosts: Vec<Host>,
    path: Box<str>,
    query: Query,
}

/// Names with what they are given.
type Query = Vec<(Box<str>, Box<str>)>;

/// The longest address that is read.
const LONGEST: usize = 4096;

impl Location {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (scheme, rest) = split_scheme(text).map_err(Error::configuration)?;
        let mut location = Self {
            text: text.into(),
            scheme,
            user: None,
            password: None,
            hosts: Vec::new(),
            path: Box::default(),
            query: Vec::new(),
        };
        location
            .read(rest)
            .map_err(|sentence| Error::configuration(format!("`{}://…`: {sentence}", location.scheme)))?;
        Ok(location)
    }

    fn read(&mut self, rest: &str) -> Result<(), String> {
        check_characters(rest)?;
        let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, query)| (address, query));
        if self.is_of_files() {
            self.path = path_of_files(address)?;
        } else {
            let at = address.find('/').unwrap_or(address.len());
            self.read_authority(&address[..at])?;
            // The beginning of a password that was not escaped would be taken for a host and a port, and be shown.
            if rest[at..].contains('@') {
                return Err(ESCAPE.to_owned());
            }
            self.path = decoded(&address[at..]).map_err(Undecodable::sentence)?;
        }
        self.query = read_query(query)?;
        Ok(())
    }

    fn read_authority(&mut self, authority: &str) -> Result<(), String> {
        let hosts = match authority.rsplit_once('@') {
            None => authority,
            Some((_, "")) => return Err("a host is missing behind the `@`".to_owned()),
            Some((who, hosts)) => {
                let (user, password) = who.split_once(':').map_or((who, None), |(user, word)| (user, Some(word)));
                let read = |text| decoded(text).map_err(Undecodable::sentence);
                self.user = Some(read(user)?).filter(|user| !user.is_empty());
                self.password = password.map(read).transpose()?;
                hosts
            }
        };
        if !hosts.is_empty() {
            self.hosts = hosts.split(',').map(Host::parse).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    /// Returns whether it is the address of a file or a folder: these have no host.
    fn is_of_files(&self) -> bool {
        matches!(&*self.scheme, "file" | "sqlite")
    }

    /// Returns what stands before `://`, in small letters.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns all of it, secrets and all: for the client of a server, never for a message.
    #[must_use]
    pub fn with_secrets(&self) -> &str {
        &self.text
    }

    /// Returns all of it up to the `?`: two addresses with the same one are of one store. Not for a message.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.text.split('?').next().unwrap_or_default()
    }

    /// Returns the path behind the host, without its percent signs; of a file or a folder all of its path.
    #[must_use]
    pub fn path(&self) -> String {
        self.path.clone().into()
    }

    /// Returns who is to be asked: several where a store is several servers, none where nobody was written.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// Returns the first host, as [`Host::name`] does.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.hosts.first().map(Host::name)
    }

    /// Returns the port of the first host, where one was written.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.hosts.first().and_then(Host::port)
    }

    /// Returns who logs in.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Returns with what: never for a message.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// Returns what stands behind the `?`, name by name: never for a message. It is in [`Place::options`](super::Place) too.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (&**name, &**value))
    }
}

const ESCAPE: &str = "an `@` behind the first `/` or `?` is written `%40`; in a password `/`, `?` and `#` are written `%2F`, `%3F` and `%23`";

fn split_scheme(text: &str) -> Result<(Box<str>, &str), &'static str> {
    let wrong = "an address begins with what kind of store it is of: `file:///var/cache/shop`, `postgres://host/database`, `memory://`";
    if text.len() > LONGEST {
        return Err("an address has 4096 bytes at most");
    }
    let (scheme, rest) = text.split_once("://").ok_or(wrong)?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.len() <= 32
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if is_scheme { Ok((scheme.to_ascii_lowercase().into(), rest)) } else { Err(wrong) }
}

fn check_characters(rest: &str) -> Result<(), String> {
    let sentence = match () {
        () if rest.contains('#') => "a `#` is written `%23`",
        () if rest.contains(char::is_control) => "there is a line break or another control character in it",
        () if rest.contains(char::is_whitespace) => "a space is written `%20`",
        () => return Ok(()),
    };
    Err(sentence.to_owned())
}

/// Reads the address of a file: `/from/the/root`, or `./from/here`. With a host in front it was meant to be one of them.
fn path_of_files(address: &str) -> Result<Box<str>, String> {
    let path = decoded(address).map_err(Undecodable::sentence)?;
    let path: &str = path.strip_prefix("localhost/").map_or(&path, |_| &path["localhost".len()..]);
    let says_from_where = ["/", "./", "../", ":memory:"].iter().any(|start| path.starts_with(start));
    match () {
        () if says_from_where => Ok(path.into()),
        () if path.is_empty() => Err("a path is missing: `///var/cache/shop` has three slashes".to_owned()),
        () => Err("where does the path begin? Write `:///…` with three slashes for one from the root, `://./…` for one from where \
                   the program is started"
            .to_owned()),
    }
}

fn read_query(query: &str) -> Result<Query, String> {
    let mut read = Query::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .filter(|(name, _)| is_word(name))
            .ok_or("behind the `?` stand options, as `name=value&name=value`")?;
        if read.iter().any(|(before, _)| **before == *name) {
            return Err("behind the `?` an option stands twice".to_owned());
        }
        read.push((name.into(), decoded(value).map_err(Undecodable::sentence)?));
    }
    Ok(read)
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if self.user.is_some() || self.password.is_some() {
            f.write_str("…@")?;
        }
        for (number, host) in self.hosts.iter().enumerate() {
            let name = if host.is_socket() { host.name().replace('/', "%2F") } else { host.name().to_owned() };
            let [open, close] = if name.contains(':') { ["[", "]"] } else { ["", ""] };
            write!(f, "{}{open}{name}{close}", if number > 0 { "," } else { "" })?;
            host.port().map_or(Ok(()), |port| write!(f, ":{port}"))?;
        }
        f.write_str(&super::shown_path(&self.path))?;
        // Not even names: behind a `&` that was not escaped stands the rest of a password.
        f.write_str(if self.query.is_empty() { "" } else { "?…" })
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
