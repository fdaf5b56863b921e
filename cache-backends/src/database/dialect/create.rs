//! The tables themselves.

use super::words::Words;
use super::{Flavour, clear};
use crate::database::table::Table;

/// Asks whether the table is there.
pub(super) fn exists(words: &Words, table: &Table) -> String {
    let name = table.name();
    match words.flavour {
        Flavour::Sqlite => format!("select 1 from sqlite_master where type = 'table' and name = '{name}'"),
        Flavour::Postgres => format!("select 1 where to_regclass('{}') is not null", words.t),
        Flavour::MySql => {
            let schema = table.schema().map_or("database()".into(), |schema| format!("'{schema}'"));
            format!("select 1 from information_schema.tables where table_schema = {schema} and table_name = '{name}'")
        }
    }
}

pub(super) fn create(words: &Words, table: &Table) -> Vec<String> {
    let Words { t, c, .. } = words;
    let index = format!("{}_until", table.name());
    let (text, bytes, end) = match words.flavour {
        Flavour::Sqlite => ("text", "blob", "\n)".into()),
        Flavour::Postgres => ("text collate \"C\"", "bytea", "\n)".into()),
        Flavour::MySql => {
            ("varbinary(250)", "longblob", format!(",\n    key {index} (until, changed)\n) engine = InnoDB"))
        }
    };
    let mut texts = vec![format!(
        "create table if not exists {t} (\n    name {text} not null primary key,\n    number bigint,\n    until bigint,\n    \
         version bigint not null,\n    changed bigint not null,\n    value {bytes}{end}",
    )];
    if !words.is_mysql() {
        texts.push(format!("create index if not exists \"{index}\" on {t} (until, changed)"));
    }
    let end = if words.is_mysql() { ") engine = InnoDB" } else { ")" };
    texts.push(format!(
        "create table if not exists {c} (\n    scope {text} not null primary key,\n    version bigint not null,\n    \
         at bigint not null,\n    gate bigint not null\n{end}"
    ));
    texts.push(clear::mend(words));
    texts
}

/// Lets time pass for what is in the table, in tests on a server whose clock nobody moves.
pub(super) fn pass(words: &Words) -> [String; 2] {
    let Words { t, c, .. } = words;
    let until = "case when until < 0 then until + :time else until - :time end";
    [
        format!("update {t} set until = {until}, changed = changed - :time"),
        format!("update {c} set at = at - :time where at > 0"),
    ]
}
