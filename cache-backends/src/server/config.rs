//! [`Config`]: where a server is, and how it is used.

use std::fmt;
use std::time::Duration;

use cache_core::error::Error;

use super::url::Url;
use crate::database::dialect::Flavour;
use crate::database::{Limits, Table};
use crate::place::{Given, Location, Options, Place};

/// How many connections there are at most, where nobody says.
const POOL: usize = 10;
/// More than any server lets in.
const MOST: usize = 10_000;
/// How long a call may take, where nobody says.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Where a database server is, and how its table is used.
///
/// ```
/// # #[cfg(feature = "postgres")] {
/// use std::time::Duration;
/// use cache_backends::postgres::Config;
///
/// let config = Config::new("postgres://shop:secret@db1/shop?application_name=shop")?
///     .read("postgres://shop:secret@db2/shop")?
///     .table("pages")
///     .pool(20)
///     .statement_timeout(Duration::from_millis(500));
/// assert!(!format!("{config:?}").contains("secret"));
/// # }
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "it is to be handed to its store"]
pub struct Config {
    pub(crate) write: Url,
    pub(crate) read: Option<Url>,
    pub(crate) table: Option<String>,
    pub(crate) pool: usize,
    pub(crate) statement_timeout: Duration,
    pub(crate) max_entries: Option<u64>,
    pub(crate) cull_frequency: Option<u32>,
}

impl Config {
    /// Reads the address of a server, such as `postgres://user:password@host/database`. Options of the store may stand
    /// behind its `?`, as they may in a file of configuration.
    ///
    /// # Errors
    ///
    /// When it is none, or with an option that there is not.
    pub fn new(address: &str) -> Result<Self, Error> {
        let location = Location::parse(address)?;
        let options = options_of(&location);
        Self::from_place(Place { locations: vec![location], options, ..Place::default() })
    }

    /// Reads what somebody has written down.
    ///
    /// # Errors
    ///
    /// With what is wrong in it, or what there is not.
    pub fn from_place(place: Place) -> Result<Self, Error> {
        place.lacks(&["max_bytes"], "a table counts entries and no bytes (say `max_entries`)")?;
        let Place { locations, max_entries, cull_frequency, mut options, .. } = place;
        let [location] = <[_; 1]>::try_from(locations).map_err(|_| {
            Error::configuration("a table is at one address; one that is only read goes into the option `read`")
        })?;
        let table = options.text("table")?;
        let pool = options.number("pool")?.map_or(POOL, |pool| usize::try_from(pool).unwrap_or(usize::MAX));
        let statement_timeout = options.time("statement_timeout")?.unwrap_or(TIMEOUT);
        let read = options.text("read")?;
        let write = Url::with(location, &mut options)?;
        options.done()?;
        let config = Self { write, read: None, table, pool, statement_timeout, max_entries, cull_frequency };
        config.check()?;
        match read {
            Some(read) => config.read(&read),
            None => Ok(config),
        }
    }

    /// Checks what no builder method can refuse.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match () {
            () if self.pool == 0 => Err(Error::configuration("`pool` is to be 1 at least")),
            () if self.pool > MOST => Err(Error::configuration("`pool` is a number of connections: 10000 at most")),
            () if self.cull_frequency == Some(0) => {
                Err(Error::configuration("`cull_frequency` is to be 1 or more: one entry in so many goes"))
            }
            () if self.statement_timeout.is_zero() => {
                Err(Error::configuration("`statement_timeout` is the time that a call may take, and cannot be 0"))
            }
            () => Ok(()),
        }
    }

    pub(crate) fn table_in(&self, flavour: Flavour) -> Result<Table, Error> {
        self.table.as_deref().map_or_else(|| Ok(Table::default()), |name| Table::parse(name, flavour))
    }

    pub(crate) fn limits(&self, max_value_bytes: u64) -> Limits {
        let Self { max_entries, cull_frequency, .. } = *self;
        Limits { max_entries, cull_frequency, max_value_bytes: Some(max_value_bytes) }
    }

    /// Reads from another server, which follows the first one. What is asked there may be a little behind; whether a value
    /// may be kept is always asked at the first.
    ///
    /// # Errors
    ///
    /// When it is no address, or one of another kind of server.
    pub fn read(mut self, address: &str) -> Result<Self, Error> {
        let location = Location::parse(address)?;
        let mut options = options_of(&location);
        let read = Url::with(location, &mut options)?;
        options.done()?;
        if read.kind() != self.write.kind() {
            return Err(Error::configuration(
                "`read` is to be a server of the same kind as the one that is written to",
            ));
        }
        self.read = Some(read);
        Ok(self)
    }

    /// Keeps entries in this table; the usual one is `larder_cache`.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// Opens so many connections at most, to each of two servers where there are two; 10 where nobody says.
    pub fn pool(mut self, connections: usize) -> Self {
        self.pool = connections;
        self
    }

    /// Gives up a call after this long, whatever it waits for; 2 seconds where nobody says.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Keeps so many entries, or a few more.
    pub fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = Some(entries);
        self
    }

    /// Removes one entry in so many at once, where there are too many.
    pub fn cull_frequency(mut self, one_in: u32) -> Self {
        self.cull_frequency = Some(one_in);
        self
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("write", &self.write)
            .field("read", &self.read)
            .field("table", &self.table)
            .field("pool", &self.pool)
            .field("statement_timeout", &self.statement_timeout)
            .field("max_entries", &self.max_entries)
            .field("cull_frequency", &self.cull_frequency)
            .finish()
    }
}

fn options_of(location: &Location) -> Options {
    let mut options = Options::default();
    for (name, value) in location.query() {
        options.give(name, Given::Text(value.to_owned()));
    }
    options
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;

    fn refused(address: &str) -> String {
        let error = Config::new(address).expect_err(address);
        assert_eq!(error.kind(), Kind::Configuration);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret"), "{shown}");
        error.to_string()
    }

    #[test]
    fn what_stands_behind_an_address_is_told_to_the_store_or_to_the_driver() {
        let config = Config::new(
            "mariadb://shop:secret@db1/shop?table=pages&pool=3&statement_timeout=500ms&ssl-mode=preferred&read=mysql%3A%2F%2Fdb2",
        )
        .unwrap();
        assert_eq!((config.table.as_deref(), config.pool), (Some("pages"), 3));
        assert_eq!((config.statement_timeout, config.read.is_some()), (Duration::from_millis(500), true));
        assert!(!format!("{config:?}").contains("secret"), "{config:?}");
        let usual = Config::new("postgresql://db1/shop").unwrap();
        assert_eq!((usual.pool, usual.statement_timeout, usual.table), (10, Duration::from_secs(2), None));
    }

    #[test]
    fn what_is_in_a_file_is_what_is_in_an_address() {
        let mut options = Options::default();
        options.give("pool", Given::Number(3));
        options.give("port", Given::Number(5433));
        options.give("statement_timeout", Given::Number(1));
        let location = Location::parse("postgres://db1/shop").unwrap();
        let place = Place { locations: vec![location], max_entries: Some(7), options, ..Place::default() };
        let config = Config::from_place(place).unwrap();
        assert_eq!((config.pool, config.statement_timeout, config.max_entries), (3, Duration::from_secs(1), Some(7)));
    }

    #[test]
    fn what_nobody_knows_is_an_error_that_names_it() {
        let error = refused("postgres://shop:secret@db1/shop?pol=3");
        assert!(error.contains("no option `pol`") && error.contains("`pool`"), "{error}");
        assert!(refused("postgres://shop:secret@db1/shop?timeout=5").contains("`statement_timeout`"));
        assert!(refused("mysql://shop:secret@db1/shop?application_name=x").contains("no such option"));
        assert!(refused("postgres://db1?read=postgres%3A%2F%2Fshop%3Asecret%40db2%3Fprt%3D3").contains("`port`"));
    }

    #[test]
    fn what_cannot_work_is_an_error() {
        assert!(refused("postgres://shop:secret@db1/shop?pool=0").contains("1 at least"));
        assert!(refused("postgres://shop:secret@db1/shop?statement_timeout=0").contains("cannot be 0"));
        assert!(refused("postgres://shop:secret@db1,db2/shop").contains("one host"));
        assert!(
            refused("postgres://shop:secret@db1/shop?read=mysql%3A%2F%2Fshop%3Asecret%40db2").contains("same kind")
        );
        assert!(refused("sqlite:///secret").contains("postgres://"));
        let location = || Location::parse("postgres://shop:secret@db1").unwrap();
        for place in [
            Place::default(),
            Place { locations: vec![location(), location()], ..Place::default() },
            Place { locations: vec![location()], max_bytes: Some(1), ..Place::default() },
            Place { locations: vec![location()], cull_frequency: Some(0), ..Place::default() },
        ] {
            assert_eq!(Config::from_place(place).unwrap_err().kind(), Kind::Configuration);
        }
    }
}
