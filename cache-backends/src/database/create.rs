//! Making the table.

use std::time::Duration;

use cache_core::error::Error;

use super::backend::Database;
use super::client::Client;
use super::dialect::Dialect;
use super::row;
use super::statement::Given;

impl Dialect {
    /// Returns what makes the table, for somebody to read or to run.
    pub(crate) fn create_sql(&self) -> String {
        self.create.iter().flat_map(|statement| [statement.text(), ";\n"]).collect()
    }
}

impl<C: Client> Database<C> {
    /// Makes the table, and returns whether it was not there yet.
    pub(crate) async fn create_table(&self) -> Result<bool, Error> {
        let dialect = self.client().dialect();
        let there = !self.shared.tell(&dialect.exists, &[]).await?.rows.is_empty();
        for statement in &dialect.create {
            self.shared.tell(statement, &[]).await?;
        }
        Ok(!there)
    }

    /// Lets time pass for all that is in the table, in a test.
    pub(crate) async fn let_time_pass(&self, time: Duration) -> Result<(), Error> {
        for statement in &self.client().dialect().pass {
            self.shared.tell(statement, &[Given { time: row::millis(Some(time)), ..Given::default() }]).await?;
        }
        Ok(())
    }
}
