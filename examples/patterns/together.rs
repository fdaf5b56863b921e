//! A page of many things, each with one of others: fifty posts, and the author of each. Who asks for one author at a time asks
//! the database fifty times; who asks for all of them keeps one list under one key, and asks for all anew where one is
//! new. Here each is kept by itself, and those that are missing are asked for together.

use std::collections::HashMap;

use larder::cached;

use super::db::Db;

/// The names of these authors: `SELECT id, name FROM author WHERE id = ANY($1)`.
#[cached(key = "author:<id>", each(id in ids), ttl = 600, ignore(db))]
pub fn authors(db: &Db, ids: &[u64]) -> HashMap<u64, String> {
    db.answer(ids.iter().map(|id| (*id, format!("author {id}"))).collect())
}
