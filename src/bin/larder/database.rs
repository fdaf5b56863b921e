//! The stores that have a table.

use larder::Error;
use larder::config::Place;
#[cfg(feature = "sqlite")]
use larder::stores::sqlite::{self, Sqlite};

/// A store that has a table.
pub enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
}

impl Database {
    /// Returns the database that a place is in, if it is in one.
    pub fn at(place: Place) -> Result<Option<Self>, Error> {
        match place.locations.first().map(|location| location.scheme().to_owned()).as_deref() {
            #[cfg(feature = "sqlite")]
            Some("sqlite") => {
                sqlite::Config::from_place(place).and_then(Sqlite::new).map(|store| Some(Self::Sqlite(store)))
            }
            _ => Ok(None),
        }
    }

    /// Returns the statements that make its table.
    pub fn sql(&self) -> String {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref store) => store.create_table_sql(),
        }
    }

    /// Makes its table, and returns whether it was not there yet.
    pub fn create(&self) -> Result<bool, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref store) => larder::testing::block_on(store.create_table()),
        }
    }
}
