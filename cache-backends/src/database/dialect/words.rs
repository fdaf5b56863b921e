//! [`Words`]: what each database says in its own way, so that the statements themselves are written once.

use super::Flavour;
use crate::database::table::Table;

/// How long tickets hold, in milliseconds: by the clock of whoever fills, which may be behind the one they were taken by.
const TICKETS: i64 = 10 * 60 * 1_000;

/// How long tombstones, expired entries and marks of clearing are kept. Twice as long, so that clocks may be as far apart as
/// tickets hold, or be set back by as much, before a ticket outlives what it is to be refused for.
pub(super) const KEPT: i64 = 2 * TICKETS;

/// The version of a row that is to be written.
pub(super) const VERSION: &str = ":version";
/// The columns of a whole row. The value is last: SQLite walks through a large one to what is behind it.
pub(super) const COLUMNS: &str = "(name, number, until, version, changed, value)";

pub(super) struct Words {
    pub flavour: Flavour,
    /// The table, and the one beside it, quoted.
    pub t: String,
    pub c: String,
    /// The time in milliseconds.
    pub now: &'static str,
    /// What is true of a row that is live.
    pub live: String,
    /// What is true of a row that no ticket needs any more.
    pub old: String,
    /// What is true of a ticket that still holds.
    pub timely: String,
}

impl Words {
    pub fn new(flavour: Flavour, table: &Table) -> Self {
        let now = match flavour {
            Flavour::Sqlite => "?1",
            // As a question of its own it is asked once, and an index can be told what lies before it.
            Flavour::Postgres => "(select cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint))",
            Flavour::MySql => "(timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000)",
        };
        Self {
            flavour,
            t: table.quoted(flavour, ""),
            c: table.quoted(flavour, "_cleared"),
            now,
            live: format!("(until is null or until > {now})"),
            old: format!("until between {KEPT} - {now} and {now} and changed <= {now} - {KEPT}"),
            timely: format!("abs({now} - :taken) < {TICKETS}"),
        }
    }

    pub fn is_mysql(&self) -> bool {
        self.flavour == Flavour::MySql
    }

    /// Returns a whole row, to be written for some time.
    pub fn row(&self) -> String {
        format!("({})", self.values(VERSION))
    }

    /// Returns what is in a whole row, with this for its version.
    pub fn values(&self, version: &str) -> String {
        let now = self.now;
        format!(":name, :number, {now} + :time, {version}, {now}, :value")
    }

    /// Writes rows of these columns; where there is one under that name already, these columns of it become what they are in
    /// the new one.
    pub fn upsert(&self, columns: &str, rows: &str, replaced: &str) -> String {
        let (t, on) = (&self.t, self.on_conflict("name"));
        let new: Vec<_> = replaced.split(", ").map(|column| format!("{column} = {}", self.fresh(column))).collect();
        format!("insert into {t} {} {columns} values {rows} {on} {}", self.alias(), new.join(", "))
    }

    /// Returns the short name of the table in an insert; MySQL knows none there.
    pub fn alias(&self) -> &'static str {
        if self.is_mysql() { "" } else { "as e" }
    }

    pub fn on_conflict(&self, key: &str) -> String {
        if self.is_mysql() { "on duplicate key update".into() } else { format!("on conflict ({key}) do update set") }
    }

    /// Returns the column of the row that was to be inserted.
    pub fn fresh(&self, column: &str) -> String {
        if self.is_mysql() { format!("values({column})") } else { format!("excluded.{column}") }
    }

    /// Returns a fresh number for the row that says that something was cleared.
    pub fn drawn(&self) -> &'static str {
        match self.flavour {
            Flavour::Sqlite => "1 + abs(random() % 1000000000000)",
            Flavour::Postgres => "1 + cast(floor(random() * 1000000000000) as bigint)",
            Flavour::MySql => "1 + floor(rand() * 1000000000000)",
        }
    }

    /// Begins a statement that clears (`""`) or fills (`"_shared"`). On PostgreSQL they take turns in a queue, as those who
    /// lock a row may keep overtaking whoever wants to change it; and the lock on the row, which comes after the turn, finds
    /// the row as it is then, not as it was when the statement began.
    pub fn turn(&self, shared: &str) -> String {
        if self.flavour != Flavour::Postgres {
            return String::new();
        }
        let hash = blake3::hash(self.c.as_bytes());
        let lock = i64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("eight of 32 bytes"));
        format!("with turn as (select pg_advisory_xact_lock{shared}({lock}))")
    }

    /// Chooses names by a condition, in an order. Those that somebody else is changing are left out where that can be said.
    pub fn chosen(&self, condition: &str) -> String {
        let skip = if self.flavour == Flavour::Postgres { " for update skip locked" } else { "" };
        let t = &self.t;
        match self.flavour {
            Flavour::MySql => format!("{condition} limit :most"),
            _ => format!("name in (select name from {t} where {condition} limit :most{skip})"),
        }
    }
}
