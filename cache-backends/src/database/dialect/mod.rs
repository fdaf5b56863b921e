//! What each database is told: one set of statements, written in the words of each.
//!
//! The table is `name, value, number, until, version, changed`, times in milliseconds since 1970. A value of bare digits
//! is in `number`, and in `value` too where it is not spelled as a number is written. `until` is `NULL` for ever; of what
//! was removed (a tombstone, without value and number) it is the time of its removal with a minus sign, so that it is past
//! whatever the clock says, and one range of the index finds all that is old enough to go. `version` is drawn anew with
//! each change.
//!
//! A second table, `<table>_cleared`, is `scope, version, at, gate`: when what was cleared. The row of the empty scope is
//! always there; its `gate` is drawn anew with every clearing of anything, and whoever fills holds on to that row.

mod clear;
mod create;
mod cull;
mod fill;
mod read;
mod words;
mod write;

use words::Words;

use super::statement::{Many, Statement};
use super::table::Table;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Parameters are `?2`, `?3`, …; where the text has a `?1`, its client puts the time there.
    Sqlite,
    /// Parameters are `$1`, `$2`, …, each with a cast.
    Postgres,
    /// Parameters are `?`.
    MySql,
}

/// The statements for one table. Which parameters each takes, in which order, [`Statement::binds`] knows.
///
/// | statement | told or asked | parameters by name | what comes back |
/// |---|---|---|---|
/// | `get` | ask | name | `value`, `number` of what is live |
/// | `get_many` | ask | name for each | `name`, `value`, `number` |
/// | `set`, `set_many` | tell | name, number, time, version, value (for each) | |
/// | `add` | tell | the same | affected 1, or on MySQL a number above 0, where it did |
/// | `delete`, `delete_many` | tell | name, version (for each) | rows of 1 or 0 for "was there", on MySQL their sum as number |
/// | `touch` | tell | name, time | affected |
/// | `incr` | tell | name, delta, low, high, version | affected, and the sum as a row or number |
/// | `ttl` | ask | name | milliseconds or nothing for ever, where live |
/// | `list` | ask | name, from, to, most | `name`, and 1 or 0 for whether it is live |
/// | `ticket` | ask or tell | name | `version` or nothing, the time, `gate` or nothing, the sum of the marks |
/// | `fill_new` | tell | name, number, time, version, value, gate, taken | as `add` |
/// | `fill_over` | tell | the same, was | affected |
/// | `mark`, `mark_all` | tell | scope, version | |
/// | `mend` | tell | none | |
/// | `step` | tell | from, to, most | the `name` where the next step begins, if any |
/// | `clear` | tell | from, to | affected |
/// | `purge`, `purge_marks` | tell | most / none | affected |
/// | `empty` | tell | most | affected |
/// | `count` | tell | most | the number of live entries, up to twice `most` |
/// | `evict_timed`, `evict_forever` | tell | most | affected |
/// | `exists` | ask or tell | none | one row, where the table is there |
/// | `create` | tell each | none | |
/// | `pass` | tell each | time | for tests: moves all times back |
#[derive(Debug)]
pub(crate) struct Dialect {
    pub flavour: Flavour,
    pub table: Table,
    pub get: Statement,
    pub get_many: Many,
    pub set: Statement,
    pub set_many: Many,
    pub add: Statement,
    pub delete: Statement,
    pub delete_many: Many,
    pub touch: Statement,
    pub incr: Statement,
    pub ttl: Statement,
    pub list: Statement,
    pub ticket: Statement,
    pub fill_new: Statement,
    pub fill_over: Statement,
    pub mark: Statement,
    pub mark_all: Statement,
    pub mend: Statement,
    pub step: Statement,
    pub clear: Statement,
    pub purge: Statement,
    pub empty: Statement,
    pub purge_marks: Statement,
    pub count: Statement,
    pub evict_timed: Statement,
    pub evict_forever: Statement,
    pub exists: Statement,
    pub create: Vec<Statement>,
    pub pass: Vec<Statement>,
}

impl Dialect {
    pub(crate) fn new(flavour: Flavour, table: Table) -> Self {
        let words = Words::new(flavour, &table);
        let one = |text: String| Statement::new(flavour, &text);
        let many = |row: &str, write: &dyn Fn(&str) -> String| Many::new(flavour, row, write);
        let (row, tombstone) = (words.row(), write::tombstone(&words));
        Self {
            get: one(read::get(&words)),
            get_many: many(":name", &|names| read::get_many(&words, names)),
            ttl: one(read::ttl(&words)),
            list: one(read::list(&words)),
            ticket: one(read::ticket(&words)),
            set: one(write::set(&words, &row)),
            set_many: many(&row, &|rows| write::set(&words, rows)),
            add: one(write::add(&words)),
            delete: one(write::delete(&words, &tombstone)),
            delete_many: many(&tombstone, &|rows| write::delete(&words, rows)),
            touch: one(write::touch(&words)),
            incr: one(write::incr(&words)),
            fill_new: one(fill::fill_new(&words)),
            fill_over: one(fill::fill_over(&words)),
            mark: one(clear::mark(&words)),
            mark_all: one(clear::mark_all(&words)),
            mend: one(clear::mend(&words)),
            step: one(clear::step(&words)),
            clear: one(clear::clear(&words)),
            purge: one(cull::purge(&words)),
            empty: one(cull::evict(&words, &format!("until between 0 and {}", words.now))),
            purge_marks: one(cull::purge_marks(&words)),
            count: one(cull::count(&words)),
            evict_timed: one(cull::evict(&words, &format!("until > {}", words.now))),
            evict_forever: one(cull::evict(&words, "until is null")),
            exists: one(create::exists(&words, &table)),
            create: create::create(&words, &table).iter().map(|text| one(text.clone())).collect(),
            pass: create::pass(&words).map(one).into(),
            flavour,
            table,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Flavour; 3] = [Flavour::Sqlite, Flavour::Postgres, Flavour::MySql];

    #[test]
    fn a_table_in_a_schema_is_named_in_full_but_by_its_index() {
        let dialect = Dialect::new(Flavour::Postgres, Table::parse("shop.pages", Flavour::Postgres).unwrap());
        assert!(dialect.get.text().contains(r#" from "shop"."pages" where "#), "{}", dialect.get.text());
        let [table, index, marks, row] = &dialect.create[..] else { panic!("four statements") };
        assert!(table.text().starts_with(r#"create table if not exists "shop"."pages" ("#), "{}", table.text());
        let wanted = r#"create index if not exists "pages_until" on "shop"."pages" (until, changed)"#;
        assert_eq!(&**index.text(), wanted);
        assert!(marks.text().contains(r#""shop"."pages_cleared""#) && row.text().contains("values ('', 1 + "));
    }

    #[test]
    fn each_database_is_asked_in_its_own_words() {
        let [sqlite, postgres, mysql] = ALL.map(|flavour| Dialect::new(flavour, Table::default()));
        let wanted = r#"select value, number from "larder_cache" where name = ?2 and (until is null or until > ?1)"#;
        assert_eq!(&**sqlite.get.text(), wanted);
        assert!(postgres.purge.text().contains("for update skip locked") && postgres.get.text().contains("$1::text"));
        assert!(mysql.incr.text().contains("last_insert_id(number + ?)") && !mysql.incr.text().contains("returning"));
    }

    #[test]
    fn nothing_is_left_of_the_templates() {
        for dialect in ALL.map(|flavour| Dialect::new(flavour, Table::default())) {
            let text = format!("{dialect:?}");
            assert!(!text.contains("{now}"), "{text}");
            assert!(dialect.create.iter().all(|made| made.binds(&[]).is_empty()), "created without parameters");
        }
    }
}
