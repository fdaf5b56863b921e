//! [`Postgres`]: a store in a table of PostgreSQL.

use std::fmt;
use std::time::Duration;

use cache_core::error::Error;

use super::Config;
use super::client::Client;
use crate::database::client::Client as _;
use crate::database::dialect::{Dialect, Flavour};
use crate::database::{Database, delegate};
use crate::server::Link;

/// The largest value: with its copies on the way, a server can take four times as much at once.
const MAX_VALUE_BYTES: u64 = 256 << 20;

/// A store in a table of PostgreSQL.
pub struct Postgres(Database<Link<Client>>);

impl Postgres {
    /// Makes a store. Nothing is asked of the server yet, so that it may still be away.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work, whatever the server says.
    #[expect(clippy::needless_pass_by_value, reason = "a configuration is for one store")]
    pub fn new(config: Config) -> Result<Self, Error> {
        config.check()?;
        let writing = Client::new(&config.write)?;
        let reading = config.read.as_ref().map(Client::new).transpose()?;
        let dialect = Dialect::new(Flavour::Postgres, config.table_in(Flavour::Postgres)?);
        let link = Link::new(dialect, writing, reading, config.pool, config.statement_timeout);
        Ok(Self(Database::new(link, config.limits(MAX_VALUE_BYTES))))
    }

    /// Makes the table, and returns whether it was not there yet.
    ///
    /// # Errors
    ///
    /// When the server is away, or does not let this user make one.
    pub async fn create_table(&self) -> Result<bool, Error> {
        self.0.create_table().await
    }

    /// Returns what makes the table, for somebody to read and to run.
    #[must_use]
    pub fn create_table_sql(&self) -> String {
        self.0.client().dialect().create_sql()
    }

    /// Closes all connections that nobody uses at the moment. A call after this opens them again.
    pub async fn close(&self) {
        self.0.client().close().await;
    }

    /// Removes what is too old and what is too much, as a write does now and then.
    #[doc(hidden)]
    pub async fn make_room(&self) -> Result<(), Error> {
        self.0.make_room().await
    }

    /// Lets time pass for all that is in the table, in a test.
    #[doc(hidden)]
    pub async fn let_time_pass(&self, time: Duration) -> Result<(), Error> {
        self.0.let_time_pass(time).await
    }
}

delegate!(Postgres);

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}
