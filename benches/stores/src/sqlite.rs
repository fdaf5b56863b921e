//! A row of a database file an entry.

use std::sync::Arc;

use larder::stores::sqlite::Sqlite;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::entries::{ENTRIES, check, key, value};
use crate::hits;
use crate::rounds::Candidate;

pub fn candidates(store: &Arc<Sqlite>) -> Vec<Candidate> {
    vec![
        bare(),
        hits::of_the_store("larder's store", store),
        hits::of_a_function("a function of larder's", hits::in_sqlite),
    ]
}

/// The fastest question there is: one connection, a statement that is prepared once, no time and nothing else to look at.
fn bare() -> Candidate {
    let folder = TempDir::new().expect("a folder");
    let connection = Connection::open(folder.path().join("bare.db")).expect("a database");
    connection.pragma_update(None, "journal_mode", "WAL").expect("a log");
    connection.execute("CREATE TABLE entries (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID", []).expect("a table");
    let keys: Vec<String> = (0..ENTRIES).map(key).collect();
    for (key, id) in keys.iter().zip(0..) {
        let row = (key, value(id).into_bytes());
        connection.execute("INSERT INTO entries VALUES (?1, ?2)", row).expect("a row");
    }
    Candidate::new("a prepared statement of `rusqlite`", move |id| {
        let _stays = &folder;
        let mut statement =
            connection.prepare_cached("SELECT value FROM entries WHERE name = ?1").expect("a statement");
        let found: Vec<u8> = statement.query_row([&keys[hits::index(id)]], |row| row.get(0)).expect("a row");
        check(id, &found);
    })
}
