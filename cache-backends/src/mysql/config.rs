//! Where a MariaDB or MySQL server is.

use cache_core::error::Error;
use sqlx::ConnectOptions;
use sqlx::mysql::MySqlConnectOptions;

pub use crate::server::Config;
use crate::server::Url;

/// Reads an address as the driver does. What is wanted of a session is said in one go when it is opened, not by the driver.
pub(super) fn options(url: &Url) -> Result<MySqlConnectOptions, Error> {
    let options: MySqlConnectOptions = url.read("mysql")?;
    let options = options.pipes_as_concat(false).no_engine_substitution(false).timezone(None).set_names(false);
    Ok(options.disable_statement_logging())
}
