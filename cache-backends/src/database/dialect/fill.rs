//! Writing what was read at the source, unless something was changed since.
//!
//! Whoever fills holds the gate until what it wrote is there for all; whoever clears changes the gate before it begins.
//! So a fill that comes first is cleared too, and one that comes later finds another gate.

use super::Flavour;
use super::words::{COLUMNS, VERSION, Words};

/// Fills where the ticket says that there was nothing: then there is nothing to compare with, and no row may be there.
pub(super) fn fill_new(words: &Words) -> String {
    let (t, timely) = (&words.t, &words.timely);
    let insert = format!("insert into {t} {COLUMNS} select");
    if !words.is_mysql() {
        let (row, (begin, gate)) = (words.values(VERSION), gate(words));
        return format!("{begin} {insert} {row} where exists ({gate}) and {timely} on conflict (name) do nothing");
    }
    let (row, gate) = (words.values(&format!("last_insert_id({VERSION})")), from_gate(words));
    let nothing = format!("version = {t}.version + 0 * last_insert_id(0)");
    // It locks what it reads where it selects from the table itself, not where it asks whether there is something.
    format!("{insert} {row} {gate} and {timely} {IN_SHARE_MODE} on duplicate key update {nothing}")
}

/// Fills where the ticket names a version: the row must be there, and still have it.
pub(super) fn fill_over(words: &Words) -> String {
    let (t, now, timely, (begin, gate)) = (&words.t, words.now, &words.timely, gate(words));
    format!(
        "{begin} update {t} set value = :value, number = :number, until = {now} + :time, version = :version, \
         changed = {now} where name = :name and version = :was and {timely} and exists ({gate})"
    )
}

/// What MySQL locks the gate with.
const IN_SHARE_MODE: &str = "lock in share mode";

/// Begins a statement that fills, and asks in it whether the gate is as it was, which is locked.
fn gate(words: &Words) -> (String, String) {
    let (turn, from) = (words.turn("_shared"), from_gate(words));
    match words.flavour {
        Flavour::Sqlite => (turn, format!("select 1 {from}")),
        Flavour::Postgres => (format!("{turn}, gate as (select 1 {from} for share of c)"), "select 1 from gate".into()),
        Flavour::MySql => (turn, format!("select 1 {from} {IN_SHARE_MODE}")),
    }
}

/// Returns where the gate is, and what is true of it while it is as it was.
fn from_gate(words: &Words) -> String {
    let c = &words.c;
    match words.flavour {
        Flavour::Postgres => format!("from turn, {c} as c where c.scope = '' and c.gate = :gate"),
        Flavour::Sqlite | Flavour::MySql => format!("from {c} where scope = '' and gate = :gate"),
    }
}
