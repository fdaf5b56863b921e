//! MariaDB and MySQL as [`Link`](crate::server::Link) sees them.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use cache_core::error::Error;
use sqlx::error::{BoxDynError, DatabaseError};
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlDatabaseError, MySqlRow, MySqlValueRef};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Decode, Either, Executor, MySqlConnection, Row as _, TypeInfo, ValueRef,
};

use super::{config, error};
use crate::database::client::{Bind, Cell, Row, Told};
use crate::server::{Finding, Url, Wire};

pub(crate) struct Client {
    options: MySqlConnectOptions,
    name: Box<str>,
    session: Arc<str>,
}

impl Client {
    /// Nobody waits longer for a lock than for an answer: what has been given up is not to be written much later.
    pub(crate) fn new(url: &Url, limit: Duration) -> Result<Self, Error> {
        let wait = limit.as_secs().max(1);
        let session = format!(
            "SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', \
             autocommit = 1, innodb_lock_wait_timeout = {wait}; \
             SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
        );
        let options = config::options(url)?;
        let host = (options.get_host(), options.get_port());
        let name = Url::name_of("MariaDB or MySQL", options.get_socket(), host, options.get_database());
        Ok(Self { options, name, session: session.into() })
    }
}

impl Wire for Client {
    type Connection = MySqlConnection;
    type Arguments = MySqlArguments;

    const AUTHORITY: &str = "ssl-ca";

    fn name(&self) -> &str {
        &self.name
    }

    async fn connect(&self) -> Result<MySqlConnection, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        connection.execute(AssertSqlSafe(Arc::clone(&self.session))).await?;
        Ok(connection)
    }

    fn arguments(binds: &[Bind<'_>]) -> Result<MySqlArguments, BoxDynError> {
        let mut arguments = MySqlArguments::default();
        for bind in binds {
            match *bind {
                Bind::Bytes(bytes) => arguments.add(bytes)?,
                // Names are bytes, and compared as such.
                Bind::Text(text) => arguments.add(text.as_bytes())?,
                Bind::Number(number) => arguments.add(number)?,
                Bind::Nothing => arguments.add(None::<i64>)?,
            }
        }
        Ok(arguments)
    }

    async fn run(
        &self,
        connection: &mut MySqlConnection,
        text: Arc<str>,
        arguments: MySqlArguments,
    ) -> Result<Told, sqlx::Error> {
        let mut answers = connection.fetch_many(sqlx::query_with(AssertSqlSafe(text), arguments));
        let mut told = Told::default();
        while let Some(answer) = poll_fn(|context| answers.as_mut().poll_next(context)).await {
            match answer? {
                Either::Left(done) => {
                    told.affected += done.rows_affected();
                    // It is sent without a sign.
                    told.number = Some(done.last_insert_id().cast_signed());
                }
                Either::Right(row) => told.rows.push(cells(&row)?),
            }
        }
        Ok(told)
    }

    fn finding(code: &str, _: &str) -> Option<Finding> {
        error::finding(code)
    }

    /// The states of the standard tell too little: the number does it.
    fn code(error: &dyn DatabaseError) -> String {
        error.try_downcast_ref::<MySqlDatabaseError>().map(|error| error.number().to_string()).unwrap_or_default()
    }
}

fn cells(row: &MySqlRow) -> Result<Row, sqlx::Error> {
    (0..row.len()).map(|column| cell(row, column)).collect()
}

fn cell(row: &MySqlRow, column: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(Cell::Nothing);
    }
    let kind = value.type_info().into_owned();
    let cell = match kind.name() {
        "BIGINT" | "INT" | "MEDIUMINT" | "SMALLINT" | "TINYINT" | "BOOLEAN" => decoded::<i64>(value).map(Cell::Number),
        "BIGINT UNSIGNED" | "INT UNSIGNED" => decoded::<u64>(value).map(|number| Cell::Number(number.cast_signed())),
        "VARCHAR" | "CHAR" | "TEXT" => decoded::<String>(value).map(Cell::Text),
        _ => decoded(value).map(Cell::Bytes),
    };
    cell.map_err(sqlx::Error::Decode)
}

fn decoded<'r, T: Decode<'r, sqlx::MySql>>(value: MySqlValueRef<'r>) -> Result<T, BoxDynError> {
    T::decode(value)
}
