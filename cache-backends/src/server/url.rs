//! [`Url`]: a server in the words of its driver.

use std::fmt::{self, Write};
use std::path::PathBuf;

use cache_core::error::Error;

use crate::place::{Location, NO_TLS, Options, check_file, shown, usual_scheme};

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
pub(crate) struct Url {
    location: Location,
    kind: &'static str,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "it is for the poolers of one kind of server"))]
    keeps_no_statements: bool,
    /// With all secrets.
    text: String,
}

impl Url {
    /// Takes what the driver knows out of these options.
    pub(crate) fn with(location: Location, options: &mut Options) -> Result<Self, Error> {
        let scheme = usual_scheme(location.scheme());
        let (kind, words) = WORDS
            .into_iter()
            .find(|(kind, _)| *kind == scheme)
            .ok_or_else(|| Error::configuration("a table on a server is at `postgres://…` or at `mysql://…`"))?;
        if location.hosts().len() > 1 {
            return Err(Error::configuration(
                "a table is on one host; a second one that is only read goes into the option `read`",
            ));
        }
        let (_, rest) = location.without_query().split_once("://").unwrap_or_default();
        let mut text = format!("{kind}://{rest}");
        let mut between = '?';
        let (mut mode, mut authority, mut keeps_no_statements) = (None, None, false);
        for word in words {
            let value = match *word {
                "port" | "statement-cache-capacity" => options.number(word)?.map(|number| number.to_string()),
                word => options.text(word)?,
            };
            if let Some(value) = value {
                match *word {
                    "sslmode" | "ssl-mode" => mode = Some(checked_mode(&value)?),
                    "statement-cache-capacity" => keeps_no_statements = value == "0",
                    "ssl-ca" | "ssl-root-cert" | "sslca" | "sslrootcert" => authority = Some(*word),
                    _ => {}
                }
                if names_a_file(word, &value) {
                    check_file(word, &value)?;
                }
                write!(text, "{between}{word}={}", encoded(&value)).expect("a text grows");
                between = '&';
            }
        }
        check_authority(kind, authority, mode)?;
        Ok(Self { location, kind, keeps_no_statements, text })
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// Returns whether no statement is to be kept prepared, as it is said for poolers.
    #[cfg(feature = "postgres")]
    pub(crate) fn keeps_no_statements(&self) -> bool {
        self.keeps_no_statements
    }

    /// Returns what a server is called in sentences: without who logs in there, and with what.
    pub(crate) fn name_of(
        kind: &str,
        socket: Option<&PathBuf>,
        (host, port): (&str, u16),
        database: Option<&str>,
    ) -> Box<str> {
        let place = socket.map_or_else(|| format!("{host}:{port}"), |socket| socket.display().to_string());
        let database = database.map(|database| format!(" (database `{}`)", shown(database))).unwrap_or_default();
        format!("{kind} at {place}{database}").into()
    }

    /// Reads it as the driver does.
    pub(crate) fn read<O: std::str::FromStr<Err = sqlx::Error>>(&self, kind: &str) -> Result<O, Error> {
        if kind != self.kind {
            return Err(Error::configuration(format!("`{}` is no address of this store", self.location)));
        }
        // The driver says what is wrong with a part of it, and may say the part.
        self.text.parse().map_err(|_| {
            let sentence =
                format!("`{}` is not understood: is each option of the address what it is to be?", self.location);
            Error::configuration(sentence)
        })
    }
}

/// How far a connection is to be secret.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Open,
    Secret,
    /// The server is to show who it is.
    Shown,
}

fn checked_mode(value: &str) -> Result<Mode, Error> {
    let value = value.to_ascii_lowercase();
    let mode = match () {
        () if value.starts_with("verify") => Mode::Shown,
        () if value.starts_with("require") => Mode::Secret,
        () => Mode::Open,
    };
    if mode != Mode::Open && !cfg!(feature = "tls") {
        return Err(Error::configuration(NO_TLS));
    }
    Ok(mode)
}

/// The driver would not look at it, and take whatever a server shows.
fn check_authority(kind: &str, word: Option<&str>, mode: Option<Mode>) -> Result<(), Error> {
    let Some(word) = word.filter(|_| mode != Some(Mode::Shown)) else { return Ok(()) };
    let wanted = if kind == "postgres" { "sslmode=verify-full" } else { "ssl-mode=verify_identity" };
    Err(Error::configuration(format!("`{word}` says whom to trust, and is looked at with `{wanted}` alone")))
}

/// Returns whether a file is named: in its place may stand what would be in it.
fn names_a_file(word: &str, value: &str) -> bool {
    word.starts_with("ssl") && !word.ends_with("mode") && !value.trim_start().starts_with("-----BEGIN")
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

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.location.fmt(f)
    }
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod tests {
    use sqlx::mysql::MySqlConnectOptions;
    use sqlx::postgres::{PgConnectOptions, PgSslMode};

    use cache_core::error::Kind;

    use super::*;
    use crate::place::Given;

    fn address(text: &str) -> Result<Url, Error> {
        let location = Location::parse(text)?;
        let mut options = Options::default();
        for (name, value) in location.query() {
            options.give(name, Given::Text(value.to_owned()));
        }
        let address = Url::with(location, &mut options)?;
        options.done().map(|()| address)
    }

    #[test]
    fn the_driver_hears_what_was_written() {
        let text = "postgres://sh%40p:p%2Fss@db1:5433/shop?host=/run/a%26b&sslmode=disable&application_name=x%20y";
        let options: PgConnectOptions = address(text).unwrap().read("postgres").unwrap();
        assert_eq!((options.get_username(), options.get_port()), ("sh@p", 5433));
        assert_eq!(options.get_socket().and_then(|path| path.to_str()), Some("/run/a&b"));
        assert_eq!((options.get_database(), options.get_application_name()), (Some("shop"), Some("x y")));
        assert!(matches!(options.get_ssl_mode(), PgSslMode::Disable));
        let text = "mariadb://shop:p%2Fss@db1/shop?socket=/run/my%20sql";
        let options: MySqlConnectOptions = address(text).unwrap().read("mysql").unwrap();
        assert_eq!((options.get_username(), options.get_host()), ("shop", "db1"));
        assert_eq!(options.get_socket().and_then(|path| path.to_str()), Some("/run/my sql"));
    }

    #[test]
    fn what_the_driver_does_not_understand_is_told_without_secrets() {
        for text in ["postgres://a:secret@db?sslmode=secret", "postgres://a:secret@db?hostaddr=secret"] {
            let error = address(text).unwrap().read::<PgConnectOptions>("postgres").unwrap_err();
            assert_eq!(error.kind(), Kind::Configuration);
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
        let error = address("mysql://a:secret@db").unwrap().read::<PgConnectOptions>("postgres").unwrap_err();
        assert!(error.to_string().contains("no address of this store"), "{error}");
    }

    #[test]
    #[cfg(feature = "tls")]
    fn whom_to_trust_is_said_where_it_is_looked_at_and_in_a_file_that_is_there() {
        let authority = "-----BEGIN%20CERTIFICATE-----";
        for text in [
            format!("postgres://a:secret@db?sslrootcert={authority}"),
            format!("postgres://a:secret@db?sslmode=require&sslrootcert={authority}"),
            format!("mysql://a:secret@db?ssl-mode=preferred&ssl-ca={authority}"),
        ] {
            let error = address(&text).unwrap_err();
            assert!(error.to_string().contains("verify"), "{error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
        for text in ["postgres://db?sslmode=verify-full&sslrootcert=", "mysql://db?ssl-mode=VERIFY_CA&ssl-ca="] {
            assert!(address(&format!("{text}{authority}")).is_ok());
            let error = address(&format!("{text}no-such.pem")).unwrap_err();
            assert!(
                error.kind() == Kind::Configuration && error.to_string().contains(": no-such.pem cannot be read: "),
                "{error}"
            );
        }
    }

    #[test]
    #[cfg(not(feature = "tls"))]
    fn encryption_that_is_not_in_this_build_is_told_before_anything_is_sent() {
        for text in
            ["postgres://db?sslmode=require", "postgres://db?sslmode=verify-full", "mysql://db?ssl-mode=REQUIRED"]
        {
            assert!(address(text).unwrap_err().to_string().contains("`tls`"), "{text}");
        }
        assert!(address("postgres://db?sslmode=prefer").is_ok() && address("mysql://db?ssl-mode=disabled").is_ok());
    }
}
