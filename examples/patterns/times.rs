//! Times that differ: by what was asked for, and by what came of it. In Django both are written around the call of the
//! cache; here the function says it, and whoever calls it need not know.

use larder::{cached, entry};

use super::db::Db;

/// A list is kept for half an hour; one that is filtered is asked for by few, and kept for ten minutes.
#[cached(key = "books:<tag>", ttl = 1800, ignore(db))]
pub fn books(db: &Db, tag: Option<&str>) -> Vec<String> {
    if tag.is_some() {
        entry::keep_for(600);
    }
    db.answer(vec!["Emma".to_owned()])
}

/// What is sold out may be back any moment.
#[cached(key = "stock:<book>", ttl_with = |left: &u32| if *left == 0 { 10 } else { 600 }, ignore(db))]
pub fn stock(db: &Db, book: u64) -> u32 {
    db.answer(if book == 7 { 0 } else { 3 })
}
