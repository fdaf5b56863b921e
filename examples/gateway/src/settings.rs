//! What the environment says.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::{Authority, Scheme};

use crate::{Age, Profile};

/// Says where the gateway listens, whom it asks, and how it caches.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address that clients connect to, from `LISTEN`.
    pub listen: SocketAddr,
    /// The host and port of the origin, from `ORIGIN`.
    pub origin: Authority,
    /// How much is cached, from `PROFILE`.
    pub profile: Profile,
    /// What becomes of a page whose `Age` nobody can read, from `AGE`; where it is not set, what the profile says.
    pub age: Option<Age>,
    /// How long the origin may take until it begins to answer, from `TIMEOUT`.
    pub timeout: Duration,
}

/// Names a variable that cannot be used, what it says, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    variable: &'static str,
    value: Option<OsString>,
    write: &'static str,
}

impl Settings {
    /// Reads the settings from variables.
    ///
    /// # Errors
    ///
    /// The first variable that cannot be used.
    pub fn read(value: impl Fn(&str) -> Option<OsString>) -> Result<Self, Wrong> {
        let read = |name, default: Option<&str>, write| Variable {
            name,
            value: value(name),
            default: default.map(str::to_owned),
            write,
        };
        Ok(Self {
            listen: read("LISTEN", Some("127.0.0.1:8080"), "an address and a port, such as LISTEN=127.0.0.1:8080")
                .parse(|text| text.parse().ok())?,
            origin: read("ORIGIN", None, "scheme, host and port alone, such as ORIGIN=http://127.0.0.1:9000")
                .parse(origin)?,
            profile: read("PROFILE", Some("safe"), "PROFILE=rfc or PROFILE=safe").parse(|text| text.parse().ok())?,
            age: value("AGE")
                .map(|_| read("AGE", None, "AGE=doubt or AGE=rfc").parse(|text| text.parse().ok()))
                .transpose()?,
            timeout: read("TIMEOUT", Some("30"), "seconds from 1 to 3600, such as TIMEOUT=30").parse(seconds)?,
        })
    }
}

struct Variable {
    name: &'static str,
    value: Option<OsString>,
    default: Option<String>,
    write: &'static str,
}

impl Variable {
    fn parse<T>(self, parse: impl Fn(&str) -> Option<T>) -> Result<T, Wrong> {
        let text = match &self.value {
            Some(value) => value.to_str(),
            None => self.default.as_deref(),
        };
        text.and_then(parse).ok_or(Wrong { variable: self.name, value: self.value, write: self.write })
    }
}

/// A path would have to be put in front of every request's, and this changes none.
fn origin(text: &str) -> Option<Authority> {
    let parts = text.parse::<Uri>().ok()?.into_parts();
    let bare = parts.path_and_query.is_none_or(|path| path == "/");
    let authority = parts.authority.filter(|authority| !authority.as_str().contains('@'))?;
    (parts.scheme == Some(Scheme::HTTP) && bare).then_some(authority)
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={} cannot be used: write {}", self.variable, value.display(), self.write),
            None => write!(f, "{} is not set: write {}", self.variable, self.write),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let value =
            |name: &str| variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| value.into());
        Settings::read(value).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn all_but_the_origin_has_a_default() {
        let settings = read(&[("ORIGIN", "http://[::1]:9000/")]).expect("settings");
        let expected = Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            origin: Authority::from_static("[::1]:9000"),
            profile: Profile::Safe,
            age: None,
            timeout: Duration::from_secs(30),
        };
        assert_eq!(settings, expected);
        assert_eq!(
            read(&[]),
            Err("ORIGIN is not set: write scheme, host and port alone, such as ORIGIN=http://127.0.0.1:9000".into())
        );
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_value_and_what_to_write() {
        let said = read(&[("ORIGIN", "http://127.0.0.1:9000"), ("PROFILE", "RFC")]);
        assert_eq!(said, Err("PROFILE=RFC cannot be used: write PROFILE=rfc or PROFILE=safe".into()));
        for (variable, value) in [("LISTEN", "8080"), ("LISTEN", ""), ("TIMEOUT", "0"), ("TIMEOUT", "1s"), ("AGE", "")]
        {
            let said = read(&[("ORIGIN", "http://127.0.0.1:9000"), (variable, value)]).expect_err("no settings");
            assert!(said.starts_with(&format!("{variable}={value} cannot be used: write ")), "{said}");
        }
    }

    #[test]
    fn an_age_is_doubted_or_not_where_somebody_says_so() {
        for (value, expected) in [("doubt", Age::Doubt), ("rfc", Age::Rfc)] {
            let settings = read(&[("ORIGIN", "http://127.0.0.1:9000"), ("AGE", value)]).expect("settings");
            assert_eq!(settings.age, Some(expected));
        }
        let said = read(&[("ORIGIN", "http://127.0.0.1:9000"), ("AGE", "Doubt")]);
        assert_eq!(said, Err("AGE=Doubt cannot be used: write AGE=doubt or AGE=rfc".into()));
    }

    #[test]
    fn an_origin_is_plain_http_without_path_query_or_password() {
        for value in
            ["https://host", "host:9000", "/", "http://host/path", "http://host?q", "http://me:pw@host", "", "http://"]
        {
            assert!(read(&[("ORIGIN", value)]).is_err(), "{value}");
        }
    }
}
