//! What the stores on servers share that speak SQL over a socket: connections that are kept, time limits, and what is
//! made of an error.
//!
//! | file | what it holds |
//! |---|---|
//! | `config` | where a server is, and how it is used |
//! | `url` | an address in the words of the driver |
//! | `connections` | the connections to one server |
//! | `fault` | what went wrong, and whether to try again |
//! | `finishing` | what goes on when its caller leaves |
//! | `left` | the writes among that |
//! | `link` | one statement, from the question to the answer |
//! | `store` | what the store of each kind can do |

mod config;
mod connections;
mod fault;
mod finishing;
mod left;
mod link;
mod store;
mod url;

pub use config::Config;
pub(crate) use fault::{Fault, Finding, Verdict};
pub(crate) use link::Link;
pub(crate) use store::store;
pub(crate) use url::Url;

use std::future::Future;
use std::sync::Arc;

use sqlx::Connection;
use sqlx::error::{BoxDynError, DatabaseError};

use crate::database::client::{Bind, Told};

/// A kind of server, and the address of one: what [`Link`] asks of its driver.
pub(crate) trait Wire: Send + Sync + 'static {
    type Connection: Connection;
    type Arguments: Send + 'static;

    /// The option that says which authority is trusted.
    const AUTHORITY: &str;

    /// Returns its name in sentences, with where it is.
    fn name(&self) -> &str;

    /// Opens a connection, and says there how the statements are meant.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, sqlx::Error>> + Send;

    /// Writes parameters as they are sent.
    fn arguments(binds: &[Bind<'_>]) -> Result<Self::Arguments, BoxDynError>;

    /// Runs one statement in one round trip, as soon as it is prepared on this connection.
    fn run(
        &self,
        connection: &mut Self::Connection,
        text: Arc<str>,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Told, sqlx::Error>> + Send;

    /// Says what an error of the server means by its code; `None` where it means nothing in particular.
    fn finding(code: &str, message: &str) -> Option<Finding>;

    /// Returns the code of an error of the server.
    fn code(error: &dyn DatabaseError) -> String;
}
