//! Reading.

use super::words::Words;

pub(super) fn get(words: &Words) -> String {
    let Words { t, live, .. } = words;
    format!("select value, number from {t} where name = :name and {live}")
}

pub(super) fn get_many(words: &Words, names: &str) -> String {
    let Words { t, live, .. } = words;
    format!("select name, value, number from {t} where name in ({names}) and {live}")
}

pub(super) fn ttl(words: &Words) -> String {
    let Words { t, live, now, .. } = words;
    format!("select until - {now} from {t} where name = :name and {live}")
}

/// Marks that concern the name are added up: the sum tells whether there are new ones.
pub(super) fn ticket(words: &Words) -> String {
    let Words { t, c, now, .. } = words;
    let whole = if words.is_mysql() { "signed" } else { "bigint" };
    format!(
        "select (select version from {t} where name = :name), {now}, (select gate from {c} where scope = ''), \
         (select cast(coalesce(sum(version), 0) as {whole}) from {c} where substr(:name, 1, length(scope)) = scope)"
    )
}

/// Looks at so many rows and says of each whether it is live: what is over takes no longer than what is not.
pub(super) fn list(words: &Words) -> String {
    let Words { t, live, .. } = words;
    format!(
        "select name, case when {live} then 1 else 0 end from {t} \
         where name > :name and name >= :from and name < :to order by name limit :most"
    )
}
