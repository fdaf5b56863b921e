//! Writing what was read at the source, unless something was changed since.
//!
//! Whoever fills holds the gate until what it wrote is there for all; whoever clears changes the gate before it begins.
//! So a fill that comes first is cleared too, and one that comes later finds another gate.

use super::words::{COLUMNS, ROW, Words};

/// Fills where the ticket says that there was nothing: then there is nothing to compare with, and no row may be there.
pub(super) fn fill_new(words: &Words) -> String {
    let (t, timely, (begin, gate)) = (&words.t, &words.timely, words.gate());
    let row = words.row(ROW);
    let row = row.trim_matches(['(', ')']);
    let insert = format!("insert into {t} {COLUMNS} select");
    if !words.is_mysql() {
        return format!("{begin} {insert} {row} where exists ({gate}) and {timely} on conflict (name) do nothing");
    }
    let row = row.replace(":version", "last_insert_id(:version)");
    let nothing = format!("version = {t}.version + 0 * last_insert_id(0)");
    // It locks what it reads where it selects from the table itself, not where it asks whether there is something.
    let gate = gate.replace("select 1", "").replace("lock in share mode", "");
    format!("{insert} {row} {gate} and {timely} lock in share mode on duplicate key update {nothing}")
}

/// Fills where the ticket names a version: the row must be there, and still have it.
pub(super) fn fill_over(words: &Words) -> String {
    let (t, now, timely, (begin, gate)) = (&words.t, words.now, &words.timely, words.gate());
    format!(
        "{begin} update {t} set value = :value, number = :number, until = {now} + :time, version = :version, \
         changed = {now} where name = :name and version = :was and {timely} and exists ({gate})"
    )
}
