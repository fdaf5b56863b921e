//! [`Database`]: a store in a table, whichever database it is in.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Entry, Names, Remaining, Ticket, not_counted};
use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use super::client::{Cell, Client, Row, Told};
use super::dialect::Flavour;
use super::limits::Limits;
use super::statement::{Given, Statement};
use super::{draw, error, row};

/// How often a count is tried again that others keep changing.
const TRIES: usize = 8;

/// A store in a table.
#[derive(Debug)]
pub(crate) struct Database<C> {
    pub(super) shared: Arc<Shared<C>>,
}

/// What callers share with the work that goes on beside them.
#[derive(Debug)]
pub(crate) struct Shared<C> {
    pub(super) client: C,
    pub(super) limits: Limits,
    /// Whether somebody makes room: two who do so at once would both remove what is too much.
    pub(super) is_culled: AtomicBool,
}

impl Told {
    /// Returns of how many that were to be removed there was anything.
    pub(super) fn removed(&self) -> u64 {
        let rows = self.rows.iter().filter_map(|row| row::number(row.first()?)).sum::<i64>();
        rows.saturating_add(self.number.unwrap_or(0)).unsigned_abs()
    }
}

impl<C: Client> Shared<C> {
    pub(super) async fn tell(&self, statement: &Statement, given: &[Given<'_>]) -> Result<Told, Error> {
        self.client.tell(statement.text(), &statement.binds(given)).await
    }

    pub(super) async fn ask(&self, statement: &Statement, given: &[Given<'_>]) -> Result<Vec<Row>, Error> {
        self.client.ask(statement.text(), &statement.binds(given)).await
    }

    /// Tells what writes a row unless another is in its place, and returns whether it did.
    pub(super) async fn put(&self, statement: &Statement, given: Given<'_>) -> Result<bool, Error> {
        let told = self.tell(statement, &[given]).await?;
        // MySQL may count a row that was found as one that was changed.
        let written = || told.number.is_some_and(|number| number != 0);
        Ok(if self.client.dialect().flavour == Flavour::MySql { written() } else { told.affected > 0 })
    }
}

/// Returns what is written of an entry.
pub(super) fn entry<'a>(name: &'a Name, value: &'a [u8], time: Option<i64>) -> Given<'a> {
    let (value, number) = row::columns(value);
    Given { name: name.as_str(), value, number, time, version: draw::version(), ..Given::default() }
}

impl<C: Client> Database<C> {
    pub(crate) fn new(client: C, limits: Limits) -> Self {
        Self { shared: Arc::new(Shared { client, limits, is_culled: AtomicBool::new(false) }) }
    }

    pub(crate) fn client(&self) -> &C {
        &self.shared.client
    }

    /// Returns why nothing was counted; nothing where it could be counted by now.
    async fn why_not_counted(&self, name: &Name, low: i64, high: i64) -> Result<Option<Kind>, Error> {
        let get = &self.client().dialect().get;
        let told = self.shared.tell(get, &[Given { name: name.as_str(), ..Given::default() }]).await?;
        Ok(match told.rows.first().map(Vec::as_slice) {
            None => Some(Kind::Missing),
            Some([_, Cell::Number(number)]) if (low..=high).contains(number) => None,
            Some([_, Cell::Number(_)]) => Some(Kind::Overflow),
            Some(_) => Some(Kind::NotANumber),
        })
    }
}

impl<C: Client> Backend for Database<C> {
    fn capabilities(&self) -> Capabilities {
        let (max_value_bytes, in_place) = (self.shared.limits.max_value_bytes, self.client().answers_in_place());
        Capabilities { max_value_bytes, in_place, lists: true, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.client().read(name.as_str()).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        let fits = self.check(name, value);
        if fits.is_err() || time.is_some_and(|time| time.is_zero()) {
            self.delete(name).await?;
            return fits;
        }
        self.shared.tell(&self.client().dialect().set, &[entry(name, value, row::millis(time))]).await?;
        self.wrote(1).await;
        Ok(())
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.check(name, value)?;
        let added = self.shared.put(&self.client().dialect().add, entry(name, value, row::millis(time))).await?;
        self.wrote(usize::from(added)).await;
        Ok(added)
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        let given = Given { name: name.as_str(), version: draw::version(), ..Given::default() };
        let told = self.shared.tell(&self.client().dialect().delete, &[given]).await?;
        self.wrote(1).await;
        Ok(told.removed() > 0)
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        if time.is_some_and(|time| time.is_zero()) {
            return self.delete(name).await;
        }
        let given = Given { name: name.as_str(), time: row::millis(time), ..Given::default() };
        Ok(self.shared.tell(&self.client().dialect().touch, &[given]).await?.affected > 0)
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        let (low, high) = (i64::MIN.saturating_sub(delta.min(0)), i64::MAX.saturating_sub(delta.max(0)));
        for _ in 0..TRIES {
            let given = Given { name: name.as_str(), delta, low, high, version: draw::version(), ..Given::default() };
            let told = self.shared.tell(&self.client().dialect().incr, &[given]).await?;
            let sum = told.rows.first().and_then(|row| row::number(row.first()?)).or(told.number);
            if let Some(sum) = sum.filter(|_| told.affected > 0) {
                return Ok(sum);
            }
            if let Some(kind) = self.why_not_counted(name, low, high).await? {
                return Err(not_counted(kind, name));
            }
        }
        Err(error::too_busy(name.as_str()))
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        let given = Given { name: name.as_str(), ..Given::default() };
        let rows = self.shared.ask(&self.client().dialect().ttl, &[given]).await?;
        Ok(rows.first().map(|row| match row.first().and_then(row::number) {
            Some(left) => Remaining::For(Duration::from_millis(left.max(1).unsigned_abs())),
            None => Remaining::Forever,
        }))
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.read_many(names).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.write_many(entries).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        let removed = self.remove_many(names.iter().map(Name::as_bytes)).await?;
        self.wrote(names.len()).await;
        Ok(removed)
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.clear(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.clear("").await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        Ok(self.standing(name).await?.write())
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.check(name, value)?;
        let filled = self.fill(name, value, time, ticket).await?;
        self.wrote(usize::from(filled)).await;
        Ok(filled)
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        self.list_some(start, behind).await
    }
}
