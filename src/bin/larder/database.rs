//! The stores that have a table.

use larder::Error;
use larder::config::{Place, usual_scheme};
#[cfg(feature = "mysql")]
use larder::stores::mysql::{self, MySql};
#[cfg(feature = "postgres")]
use larder::stores::postgres::{self, Postgres};
#[cfg(feature = "sqlite")]
use larder::stores::sqlite::{self, Sqlite};

/// A store that has a table.
pub trait Database {
    /// Returns the statements that make its table.
    fn sql(&self) -> String;

    /// Makes its table, and returns whether it was not there yet.
    fn create(&self) -> Result<bool, Error>;
}

/// Makes a database of each of these stores.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! databases {
    ($($feature:literal: $store:ident,)*) => {$(
        #[cfg(feature = $feature)]
        impl Database for $store {
            fn sql(&self) -> String {
                self.create_table_sql()
            }

            fn create(&self) -> Result<bool, Error> {
                larder::testing::block_on(self.create_table())
            }
        }
    )*};
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
databases! { "sqlite": Sqlite, "postgres": Postgres, "mysql": MySql, }

/// Returns the database that a place is in, if it is in one.
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    expect(clippy::unnecessary_wraps, reason = "where there is a database, it may be written wrongly")
)]
pub fn at(place: &Place) -> Result<Option<Box<dyn Database>>, Error> {
    let scheme = place.locations.first().map(|location| location.scheme().to_owned());
    match scheme.as_deref().map(usual_scheme) {
        #[cfg(feature = "sqlite")]
        Some("sqlite") => Ok(Some(Box::new(sqlite::Config::from_place(place.clone()).and_then(Sqlite::new)?))),
        #[cfg(feature = "postgres")]
        Some("postgres") => Ok(Some(Box::new(postgres::Config::from_place(place.clone()).and_then(Postgres::new)?))),
        #[cfg(feature = "mysql")]
        Some("mysql") => Ok(Some(Box::new(mysql::Config::from_place(place.clone()).and_then(MySql::new)?))),
        _ => Ok(None),
    }
}
