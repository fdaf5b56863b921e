//! [`Config`]: which file, and how much of it.

use std::path::{self, PathBuf};
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::error::Error;

use crate::database::dialect::Flavour;
use crate::database::{Limits, Table};
use crate::place::{Location, Place};

/// Where a cache in SQLite lives, and how.
///
/// ```
/// use std::time::Duration;
/// use cache_backends::sqlite::{Config, Sqlite};
///
/// let config = Config::new("/var/cache/shop/cache.db").max_entries(100_000).busy_timeout(Duration::from_secs(2));
/// let store = Sqlite::new(config)?; // nothing is opened yet
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The file; `None` is the memory of the process.
    pub(super) path: Option<PathBuf>,
    pub(super) table: String,
    pub(super) limits: Limits,
    pub(super) patience: Duration,
    pub(super) clock: Clock,
}

impl Config {
    /// The largest value that SQLite takes, less what its row needs besides.
    const LARGEST: u64 = 1_000_000_000 - 1_000;
    /// The longest that a write waits: SQLite counts milliseconds in 31 bits.
    const LONGEST: Duration = Duration::from_secs(86_400);

    /// Names the file. It is made at the first use, with its folder, readable by nobody else. A relative path is below the
    /// current folder of the process when the store is made, and stays there.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()), ..Self::in_memory() }
    }

    /// Takes the memory of the process in place of a file, for tests: it is gone with the store.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            path: None,
            table: Table::default().to_string(),
            limits: Limits { max_value_bytes: Some(Self::LARGEST), ..Limits::default() },
            patience: Duration::from_secs(5),
            clock: Clock::default(),
        }
    }

    /// Names the table, `larder_cache` unless said otherwise. Caches in one table are told apart by their prefixes.
    #[must_use]
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = table.into();
        self
    }

    /// Bounds how many live entries there are, within some per cent.
    #[must_use]
    pub fn max_entries(mut self, most: u64) -> Self {
        self.limits.max_entries = Some(most);
        self
    }

    /// Says that one entry in so many goes at once when there are too many: 20 unless said otherwise.
    #[must_use]
    pub fn cull_frequency(mut self, one_in: u32) -> Self {
        self.limits.cull_frequency = Some(one_in);
        self
    }

    /// Says how long a write waits for another process that writes: 5 seconds unless said otherwise, and a day at most.
    #[must_use]
    pub fn busy_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Takes the time from this clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Reads what somebody has configured: `sqlite:///var/cache/shop.db`, or `sqlite://:memory:` for tests, with the options
    /// `table` and `busy_timeout`.
    ///
    /// # Errors
    ///
    /// When there is no file named or several, and with a word or number that it does not know.
    pub fn from_place(mut place: Place) -> Result<Self, Error> {
        let [location] = &place.locations[..] else { return Err(wrong("it takes one address")) };
        let mut config = at(location)?;
        if let Some(table) = place.options.text("table")? {
            config = config.table(table);
        }
        if let Some(patience) = place.options.time("busy_timeout")? {
            config = config.busy_timeout(patience);
        }
        place.lacks(&["max_bytes"], "a table counts entries and no bytes (say `max_entries`)")?;
        config.limits =
            Limits { max_entries: place.max_entries, cull_frequency: place.cull_frequency, ..config.limits };
        place.options.done()?;
        config.checked()
    }

    /// Makes the path an absolute one, and checks what can be checked without the file.
    pub(super) fn checked(mut self) -> Result<Self, Error> {
        if let Some(file) = &self.path {
            if file.as_os_str() == MEMORY {
                return Err(wrong(
                    "`:memory:` is no file: `Config::in_memory()` is a store in the memory of the process",
                ));
            }
            self.path = Some(path::absolute(file).map_err(|error| wrong("it needs a file").with_source(error))?);
        }
        self.parsed_table()?;
        if self.limits.cull_frequency == Some(0) {
            return Err(wrong("`cull_frequency` is to be 1 or more: one entry in so many goes"));
        }
        self.patience = self.patience.min(Self::LONGEST);
        Ok(self)
    }

    pub(super) fn parsed_table(&self) -> Result<Table, Error> {
        Table::parse(&self.table, Flavour::Sqlite)
    }
}

/// What SQLite itself calls a database without a file.
const MEMORY: &str = ":memory:";

fn at(location: &Location) -> Result<Config, Error> {
    match location.path() {
        path if path == MEMORY => Ok(Config::in_memory()),
        path if path.is_empty() || path.ends_with('/') => {
            Err(wrong("behind `sqlite://` comes the path of a file, as in `sqlite:///var/cache/shop.db`"))
        }
        path => Ok(Config::new(path)),
    }
}

fn wrong(rule: &str) -> Error {
    Error::configuration(format!("a cache in SQLite cannot be set up like this: {rule}"))
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;
    use crate::place::Given;

    fn place(address: &str) -> Place {
        Place { locations: vec![Location::parse(address).unwrap()], ..Place::default() }
    }

    #[test]
    fn an_address_and_its_options_say_it_all() {
        let mut place = place("sqlite:///var/cache/shop.db");
        place.options.give("table", Given::Text("pages".into()));
        place.options.give("busy_timeout", Given::Text("250ms".into()));
        (place.max_entries, place.cull_frequency) = (Some(10), Some(3));
        let config = Config::from_place(place).unwrap();
        assert_eq!(config.path.as_deref(), Some("/var/cache/shop.db".as_ref()));
        assert_eq!((&*config.table, config.patience), ("pages", Duration::from_millis(250)));
        assert_eq!((config.limits.max_entries, config.limits.cull_frequency), (Some(10), Some(3)));
        assert_eq!(Config::from_place(self::place("sqlite://:memory:")).unwrap().path, None);
        let mut seconds = self::place("sqlite:///a.db");
        seconds.options.give("busy_timeout", Given::Number(3));
        assert_eq!(Config::from_place(seconds).unwrap().patience, Duration::from_secs(3));
    }

    #[test]
    fn a_relative_path_is_made_absolute_when_the_store_is_opened() {
        for config in [Config::new("target/./a.db").checked(), Config::from_place(place("sqlite://./target/a.db"))] {
            let path = config.unwrap().path.unwrap();
            assert!(path.is_absolute() && path.ends_with("target/a.db"), "{}", path.display());
        }
        assert_eq!(Config::new("").checked().unwrap_err().kind(), Kind::Configuration);
    }

    #[test]
    fn the_name_of_a_store_in_memory_is_no_file() {
        let refused = Config::new(":memory:").checked().unwrap_err();
        assert!(
            refused.kind() == Kind::Configuration && refused.to_string().contains("`Config::in_memory()`"),
            "{refused}"
        );
        assert_eq!(
            Config::from_place(place("sqlite://./:memory:")).unwrap().path.unwrap().file_name(),
            Some(":memory:".as_ref())
        );
    }

    #[test]
    fn whoever_waits_for_ever_waits_a_day() {
        let config = Config::new("/a.db").busy_timeout(Duration::MAX).checked().unwrap();
        assert_eq!(config.patience, Duration::from_secs(86_400));
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_repair() {
        let refused = |place: Place| Config::from_place(place).expect_err("refused");
        let folder = refused(place("sqlite:///var/cache/"));
        assert!(folder.to_string().contains("as in `sqlite:///var/cache/shop.db`"), "{folder}");
        let none = refused(Place::default());
        assert!(none.kind() == Kind::Configuration && none.to_string().contains("one address"));
        let usual = || place("sqlite:///a.db");
        assert!(refused(Place { max_bytes: Some(1), ..usual() }).to_string().contains("say `max_entries`"));
        assert!(refused(Place { cull_frequency: Some(0), ..usual() }).to_string().contains("1 or more"));
        for (word, value) in [("table", "a b"), ("tabel", "a"), ("busy_timeout", "soon")] {
            let mut place = usual();
            place.options.give(word, Given::Text(value.into()));
            assert_eq!(refused(place).kind(), Kind::Configuration, "{word}");
        }
    }
}
