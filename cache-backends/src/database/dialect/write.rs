//! Writing without a ticket.
//!
//! What MySQL has done to a row it says by `last_insert_id(…)`. It works out what a duplicate becomes from left to right,
//! with what is new already in its place: so what the answer depends on is changed last.

use super::words::{COLUMNS, VERSION, Words};

const REPLACED: &str = "number, version, changed, value, until";

/// Returns the row that stands for what was removed.
pub(super) fn tombstone(words: &Words) -> String {
    let now = words.now;
    format!("(:name, -{now}, {VERSION}, {now})")
}

pub(super) fn set(words: &Words, rows: &str) -> String {
    words.upsert(COLUMNS, rows, REPLACED)
}

pub(super) fn add(words: &Words) -> String {
    let (now, t) = (words.now, &words.t);
    if !words.is_mysql() {
        return format!("{} where e.until <= {now}", words.upsert(COLUMNS, &words.row(), REPLACED));
    }
    let row = words.values(&format!("last_insert_id({VERSION})"));
    let replace = |column| format!("{column} = if(until <= {now}, values({column}), {column})");
    let replaced: Vec<_> = ["number", "changed", "value", "until"].map(replace).into();
    format!(
        "insert into {t} {COLUMNS} values ({row}) on duplicate key update \
         version = if(last_insert_id(coalesce(until <= {now}, 0)), values(version), version), {}",
        replaced.join(", ")
    )
}

/// Puts tombstones in the place of whatever is there, and says for how many there was something. The version of each is
/// even; one that has taken the place of something is made odd.
pub(super) fn delete(words: &Words, rows: &str) -> String {
    let (t, now, on, alias) = (&words.t, words.now, words.on_conflict("name"), words.alias());
    let [version, changed, until] = ["version", "changed", "until"].map(|column| words.fresh(column));
    let columns = "(name, until, version, changed)";
    let rest = format!("number = null, value = null, changed = {changed}, until = {until}");
    if !words.is_mysql() {
        let was = format!("case when e.until is null or e.until > {now} then 1 else 0 end");
        let version = format!("version = {version} + {was}");
        return format!("insert into {t} {alias} {columns} values {rows} {on} {version}, {rest} returning version % 2");
    }
    // It begins at nothing with the first row, and counts on with each.
    let rows = rows.replacen("version", "version + last_insert_id(0)", 1);
    let counted = format!("last_insert_id(last_insert_id() + coalesce(until > {now}, 1))");
    format!("insert into {t} {columns} values {rows} {on} version = {version} + 0 * {counted}, {rest}")
}

pub(super) fn touch(words: &Words) -> String {
    let Words { t, now, live, .. } = words;
    format!("update {t} set until = {now} + :time where name = :name and {live}")
}

pub(super) fn incr(words: &Words) -> String {
    let Words { t, now, live, .. } = words;
    let (version, returning) = if words.is_mysql() {
        (":version + 0 * last_insert_id(number + :delta)", "")
    } else {
        (":version", " returning number")
    };
    format!(
        "update {t} set version = {version}, number = number + :delta, value = null, changed = {now} \
         where name = :name and {live} and number between :low and :high{returning}"
    )
}
