//! [`MySql`]: a store in a table of MariaDB or MySQL.

use cache_core::error::Error;

use super::Config;
use super::client::Client;
use crate::database::Database;
use crate::database::dialect::{Dialect, Flavour};
use crate::server::{Link, store};

/// The largest value. A server takes `max_allowed_packet` at once, and that is 16 MiB where nobody says more.
const MAX_VALUE_BYTES: u64 = (16 << 20) - (64 << 10);

/// A store in a table of MariaDB or MySQL.
pub struct MySql(Database<Link<Client>>);

impl MySql {
    /// Makes a store. Nothing is asked of the server yet, so that it may still be away.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work, whatever the server says.
    #[expect(clippy::needless_pass_by_value, reason = "a configuration is for one store")]
    pub fn new(config: Config) -> Result<Self, Error> {
        config.check()?;
        let writing = Client::new(&config.write, config.statement_timeout)?;
        let reading = config.read.as_ref().map(|read| Client::new(read, config.statement_timeout)).transpose()?;
        let dialect = Dialect::new(Flavour::MySql, config.table_in(Flavour::MySql)?);
        let link = Link::new(dialect, writing, reading, config.pool, config.statement_timeout);
        Ok(Self(Database::new(link, config.limits(MAX_VALUE_BYTES))))
    }
}

store!(MySql);
