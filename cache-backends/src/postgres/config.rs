//! Where a PostgreSQL server is.

use cache_core::error::Error;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

pub use crate::server::Config;
use crate::server::Url;

/// Reads an address as the driver does, and says what we want of every session. The driver's own wishes are left out where
/// a pooler between here and the server would stumble over them.
pub(super) fn options(url: &Url) -> Result<PgConnectOptions, Error> {
    let mut options: PgConnectOptions = url.read("postgres")?;
    if options.get_application_name().is_none() {
        options = options.application_name("larder");
    }
    Ok(options.extra_float_digits(None).disable_statement_logging())
}
