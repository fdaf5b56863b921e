//! PostgreSQL as [`Link`](crate::server::Link) sees it.

use std::future::poll_fn;
use std::sync::Arc;

use cache_core::error::Error;
use sqlx::encode::IsNull;
use sqlx::error::{BoxDynError, DatabaseError};
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgConnectOptions, PgRow, PgTypeInfo, PgValueRef};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Decode, Either, Encode, Executor, PgConnection, Row as _, Type, TypeInfo,
    ValueRef,
};

use super::{config, error};
use crate::database::client::{Bind, Cell, Row, Told};
use crate::server::{Finding, Url, Wire};

pub(crate) struct Client {
    options: PgConnectOptions,
    name: Box<str>,
    /// A pooler may hand each transaction to another session, and knows nothing of prepared statements.
    is_pooled: bool,
}

impl Client {
    pub(crate) fn new(url: &Url) -> Result<Self, Error> {
        let (options, is_pooled) = (config::options(url)?, url.keeps_no_statements());
        let host = (options.get_host(), options.get_port());
        let name = Url::name_of("PostgreSQL", options.get_socket(), host, options.get_database());
        Ok(Self { options, name, is_pooled })
    }
}

impl Wire for Client {
    type Connection = PgConnection;
    type Arguments = PgArguments;

    const AUTHORITY: &str = "sslrootcert";

    fn name(&self) -> &str {
        &self.name
    }

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        self.options.connect().await
    }

    fn arguments(binds: &[Bind<'_>]) -> Result<PgArguments, BoxDynError> {
        let mut arguments = PgArguments::default();
        for bind in binds {
            match *bind {
                Bind::Bytes(bytes) => arguments.add(bytes)?,
                Bind::Text(text) => arguments.add(text)?,
                Bind::Number(number) => arguments.add(number)?,
                Bind::Nothing => arguments.add(Nothing)?,
            }
        }
        Ok(arguments)
    }

    async fn run(
        &self,
        connection: &mut PgConnection,
        text: Arc<str>,
        arguments: PgArguments,
    ) -> Result<Told, sqlx::Error> {
        if self.is_pooled {
            return run_in_one_session(connection, text, arguments).await;
        }
        run(connection, text, arguments, true).await
    }

    fn finding(code: &str, message: &str) -> Option<Finding> {
        error::finding(code, message)
    }

    fn code(error: &dyn DatabaseError) -> String {
        error.code().map(Into::into).unwrap_or_default()
    }
}

async fn run(
    connection: &mut PgConnection,
    text: Arc<str>,
    arguments: PgArguments,
    keeps: bool,
) -> Result<Told, sqlx::Error> {
    let query = sqlx::query_with(AssertSqlSafe(text), arguments).persistent(keeps);
    let mut answers = connection.fetch_many(query);
    let mut told = Told::default();
    while let Some(answer) = poll_fn(|context| answers.as_mut().poll_next(context)).await {
        match answer? {
            Either::Left(done) => told.affected += done.rows_affected(),
            Either::Right(row) => told.rows.push(cells(&row)?),
        }
    }
    Ok(told)
}

/// The driver prepares a statement, and runs it by a second message. Only in a transaction do both surely come to one session;
/// a statement of that name in another one may be somebody else's, and would be run in its place.
async fn run_in_one_session(
    connection: &mut PgConnection,
    text: Arc<str>,
    arguments: PgArguments,
) -> Result<Told, sqlx::Error> {
    connection.execute("BEGIN").await?;
    let told = run(connection, text, arguments, false).await;
    connection.execute(if told.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    told
}

/// Nothing, of whatever type it is cast to. A statement that is prepared with it may be given a value later.
struct Nothing;

impl Type<sqlx::Postgres> for Nothing {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, sqlx::Postgres> for Nothing {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::Yes)
    }
}

fn cells(row: &PgRow) -> Result<Row, sqlx::Error> {
    (0..row.len()).map(|column| cell(row, column)).collect()
}

fn cell(row: &PgRow, column: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(Cell::Nothing);
    }
    let kind = value.type_info().into_owned();
    let cell = match kind.name() {
        "BYTEA" => decoded(value).map(Cell::Bytes),
        "INT8" => decoded::<i64>(value).map(Cell::Number),
        "INT4" => decoded::<i32>(value).map(|number| Cell::Number(number.into())),
        "BOOL" => decoded::<bool>(value).map(|yes| Cell::Number(yes.into())),
        _ => decoded::<String>(value).map(Cell::Text),
    };
    cell.map_err(sqlx::Error::Decode)
}

fn decoded<'r, T: Decode<'r, sqlx::Postgres>>(value: PgValueRef<'r>) -> Result<T, BoxDynError> {
    T::decode(value)
}
