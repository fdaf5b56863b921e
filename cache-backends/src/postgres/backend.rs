//! [`Postgres`]: a store in a table of PostgreSQL.

use cache_core::error::Error;

use super::Config;
use super::client::Client;
use crate::database::Database;
use crate::database::dialect::{Dialect, Flavour};
use crate::server::{Link, store};

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
}

store!(Postgres);
