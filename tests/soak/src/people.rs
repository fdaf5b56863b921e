//! The database that all processes have, and who is in it.

use std::path::Path;

use blog::Db;
use rusqlite::{Connection, params};

use crate::Outcome;
use crate::history::History;
use crate::soak::{Part, Person};
use crate::truth::Truth;

const WRITERS: usize = 5;
const QUIET: usize = 5;

/// Makes the database: no posts, and people whose password is the one that all people of the blog have.
pub fn settle(path: &Path) -> Outcome<Vec<Person>> {
    drop(Db::open(path).map_err(|error| error.to_string())?);
    let database = Connection::open(path)?;
    database.execute_batch("pragma foreign_keys = on; delete from comments; delete from posts;")?;
    let mut people = vec![Person::new(1, "ann".into(), Part::Editor)];
    for (part, count) in [(Part::Writer, WRITERS), (Part::Quiet, QUIET)] {
        for number in 0..count {
            let login = format!("{part:?}{number}").to_lowercase();
            let sql = "insert into users (login, name, password) select ?1, ?1, password from users where id = 1";
            database.execute(sql, [&login])?;
            people.push(Person::new(database.last_insert_rowid(), login, part));
        }
    }
    for person in &people {
        let name = person.next_name(0, "first");
        database.execute("update users set name = ?2 where id = ?1", params![person.id, name])?;
    }
    Ok(people)
}

/// Says what they are called to begin with.
pub fn introduce(people: &[Person], truth: &Truth) {
    let names = people.iter().map(|person| (person.id, History::new(person.next_name(0, "first"))));
    truth.known().names.extend(names);
}
