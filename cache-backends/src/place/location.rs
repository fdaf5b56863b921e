//! The address of a store: a URL that shows no secrets.

use std::fmt;

use cache_core::error::{Error, Kind};

/// The address of a store, such as `postgres://user:password@host:5432/database`.
///
/// Neither `Debug` nor `Display` shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Location {
    text: Box<str>,
    scheme: Box<str>,
}

impl Location {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let scheme = scheme.ok_or_else(|| Error::new(Kind::Configuration, "an address begins with `scheme://`"))?;
        Ok(Self { text: text.into(), scheme: scheme.into() })
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

    /// Returns the path behind the host, without its percent signs.
    #[must_use]
    pub fn path(&self) -> String {
        let rest = self.text.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or(String::new(), |at| rest[at..].split('?').next().unwrap_or("").to_owned())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://…", self.scheme)
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
