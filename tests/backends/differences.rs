//! The table of where stores differ, in the docs, held against what each store claims.

use larder::Error;

use crate::stores::{Kind, Store};

crate::tests!(Kind::has_a_column => the_table_of_stores_says_what_each_of_them_claims);

/// Returns the cells of a store, by the names of their rows.
fn column(store: &str) -> impl Fn(&str) -> &'static str {
    let docs = include_str!("../../src/docs/stores.md");
    let rows: Vec<Vec<_>> = docs
        .lines()
        .skip_while(|line| !line.starts_with("| what"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let at = rows[0].iter().position(|name| name.trim_matches('`') == store).expect("a column of this store");
    move |name| rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("there is no row `{name}`"))[at]
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

fn size(bytes: Option<u64>) -> String {
    match bytes {
        None => "any".to_owned(),
        Some(bytes) if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        Some(bytes) => format!("{} MB", (bytes + 1_000) / 1_000_000),
    }
}

fn the_table_of_stores_says_what_each_of_them_claims(store: &Store) -> Result<(), Error> {
    let cell = column(store.kind.name);
    let lasts = yes(store.kind.is_shared() && !store.kind.name.starts_with("memcached"));
    assert_eq!([cell("survives a restart"), cell("shared by processes")], [lasts, yes(store.kind.is_shared())]);
    let Some(claims) = store.claims() else { return Ok(()) };
    let rows = [
        ("of those who `add` at once, one wins", claims.atomic_add),
        ("`incr` counts, loses nothing and keeps the time", claims.atomic_incr),
        ("`touch`", claims.touch),
        ("tells the entries of one cache from others, for `clear`", claims.clear_scope),
        ("tells what it keeps, for `Cache::keys` and `larder keys`", claims.lists),
        ("an invalidation wins over a fill from before, across processes", claims.conditional_fill),
        ("times to the millisecond", claims.sub_second),
    ];
    for (name, is_claimed) in rows {
        assert_eq!(cell(name), yes(is_claimed), "{name}");
    }
    assert_eq!(cell("largest value"), size(claims.max_value_bytes));
    Ok(())
}
