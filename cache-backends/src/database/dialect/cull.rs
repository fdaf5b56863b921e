//! Making room: a few rows at a time, and never by the alphabet.

use super::words::{KEPT, Words};

/// Deletes what no ticket needs any more.
pub(super) fn purge(words: &Words) -> String {
    format!("delete from {} where {}", words.t, words.chosen(&words.old))
}

pub(super) fn purge_marks(words: &Words) -> String {
    format!("delete from {} where scope <> '' and at <= {} - {KEPT}", words.c, words.now)
}

/// Counts what is live, both those with an end and those without up to a bound.
pub(super) fn count(words: &Words) -> String {
    let (t, now) = (&words.t, words.now);
    let bounded =
        |condition: &str| format!("(select count(*) from (select 1 from {t} where {condition} limit :most) as e)");
    format!("select {} + {}", bounded(&format!("until > {now}")), bounded("until is null"))
}

/// Takes their values from entries: from live ones that are nearest to their end or were written least recently, and from
/// those that have expired, so that values which live for seconds do not fill the table for minutes. What is left is a
/// tombstone of the version and time that they had, since a ticket from before may still be under way.
pub(super) fn evict(words: &Words, condition: &str) -> String {
    let chosen = words.chosen(&format!("{condition} order by until, changed"));
    format!("update {} set value = null, number = null, until = -changed where {chosen}", words.t)
}
