//! Clearing: first a mark, so that no fill that began before it is kept, then the entries in small steps.

use super::Flavour;
use super::words::Words;

const COLUMNS: &str = "(scope, version, at, gate)";

/// Marks a scope, and changes the gate.
pub(super) fn mark(words: &Words) -> String {
    upsert(words, &format!("(:scope, :version, {}, 0), ('', 0, 0, :version)", words.now))
}

/// Marks everything.
pub(super) fn mark_all(words: &Words) -> String {
    upsert(words, &format!("('', :version, {}, :version)", words.now))
}

/// Writes marks. What is 0 in a new one leaves what is there as it is.
fn upsert(words: &Words, rows: &str) -> String {
    let (c, begin, on, alias) = (&words.c, words.turn(""), words.on_conflict("scope"), words.alias());
    let old = if words.is_mysql() { "" } else { "e." };
    let replace = |column| format!("{column} = coalesce(nullif({}, 0), {old}{column})", words.fresh(column));
    let replaced = ["version", "at", "gate"].map(replace).join(", ");
    let rows = match words.flavour {
        Flavour::Postgres => format!("select v.* from turn, (values {rows}) as v"),
        _ => format!("values {rows}"),
    };
    format!("{begin} insert into {c} {alias} {COLUMNS} {rows} {on} {replaced}")
}

/// Puts the row back that everybody who fills looks at, should it be gone.
pub(super) fn mend(words: &Words) -> String {
    let (c, version) = (&words.c, words.drawn());
    let nothing = if words.is_mysql() { "on duplicate key update at = at" } else { "on conflict (scope) do nothing" };
    format!("insert into {c} {COLUMNS} values ('', {version}, 0, {version}) {nothing}")
}

/// Finds where a step ends that is to be about so many entries.
pub(super) fn step(words: &Words) -> String {
    format!("select name from {} where name >= :from and name < :to order by name limit 1 offset :most", words.t)
}

pub(super) fn clear(words: &Words) -> String {
    format!("delete from {} where name >= :from and name < :to", words.t)
}
