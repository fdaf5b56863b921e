//! [`Address`]: a server in the words of its driver.

use std::fmt::{self, Write};

use cache_core::error::{Error, Kind};

use super::config::trouble;
use crate::place::{Location, Options};

/// What each driver reads behind the `?` of an address. It passes over any other word, so that none may be handed to it.
const WORDS: [(&str, &[&str]); 2] = [
    (
        "postgres",
        &[
            "application_name",
            "dbname",
            "host",
            "hostaddr",
            "options",
            "password",
            "port",
            "ssl-ca",
            "ssl-cert",
            "ssl-key",
            "ssl-mode",
            "ssl-root-cert",
            "sslcert",
            "sslkey",
            "sslmode",
            "sslrootcert",
            "statement-cache-capacity",
            "user",
        ],
    ),
    (
        "mysql",
        &[
            "socket",
            "ssl-ca",
            "ssl-cert",
            "ssl-key",
            "ssl-mode",
            "sslca",
            "sslcert",
            "sslkey",
            "sslmode",
            "statement-cache-capacity",
        ],
    ),
];

/// A server in the words of its driver. `Debug` does not show who logs in with what.
#[derive(Clone)]
pub(crate) struct Address {
    location: Location,
    kind: &'static str,
    /// With all secrets.
    url: String,
}

impl Address {
    /// Takes what the driver knows out of these options.
    pub(crate) fn with(location: Location, options: &mut Options) -> Result<Self, Error> {
        let (kind, words) = match location.scheme() {
            "postgres" | "postgresql" => WORDS[0],
            "mysql" | "mariadb" => WORDS[1],
            _ => return Err(trouble("a table on a server is at `postgres://…` or at `mysql://…`")),
        };
        if location.hosts().len() > 1 {
            return Err(trouble("a table is on one host; a second one that is only read goes into the option `read`"));
        }
        let (_, rest) = location.without_query().split_once("://").unwrap_or_default();
        let mut url = format!("{kind}://{rest}");
        let mut between = '?';
        for word in words {
            let value = match *word {
                "port" | "statement-cache-capacity" => options.number(word)?.map(|number| number.to_string()),
                word => options.text(word)?,
            };
            if let Some(value) = value {
                check_encryption(word, &value)?;
                write!(url, "{between}{word}={}", encoded(&value)).expect("a text grows");
                between = '&';
            }
        }
        Ok(Self { location, kind, url })
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// Reads it as the driver does.
    pub(crate) fn read<O: std::str::FromStr<Err = sqlx::Error>>(&self, kind: &str) -> Result<O, Error> {
        if kind != self.kind {
            return Err(Error::new(Kind::Configuration, format!("`{}` is no address of this store", self.location)));
        }
        // The driver says what is wrong with a part of it, and may say the part.
        self.url.parse().map_err(|_| {
            let sentence =
                format!("`{}` is not understood: is each option of the address what it is to be?", self.location);
            Error::new(Kind::Configuration, sentence)
        })
    }
}

fn check_encryption(word: &str, value: &str) -> Result<(), Error> {
    let is_mode = matches!(word, "sslmode" | "ssl-mode");
    let value = value.to_ascii_lowercase();
    let is_encrypted = value.starts_with("require") || value.starts_with("verify");
    if is_mode && is_encrypted && !cfg!(feature = "tls") {
        return Err(trouble("an encrypted connection takes the feature `tls` of larder"));
    }
    Ok(())
}

fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() {
            text.push(byte.into());
        } else {
            write!(text, "%{byte:02X}").expect("a text grows");
        }
    }
    text
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.location.fmt(f)
    }
}
