//! The store on a database that answers what it is told to, and notes what it is asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::backend::{Backend, Entry, Remaining, Ticket};
use cache_core::error::{Error, Kind};
use cache_core::key::{Name, Scope};
use cache_core::testing::block_on;

use super::client::{Bind, Cell, Client, Row, Told};
use super::dialect::{Dialect, Flavour};
use super::statement::Statement;
use super::{Database, Limits, Table};

/// A database that was asked so, and will answer so.
struct Script {
    dialect: Dialect,
    asked: Mutex<Vec<String>>,
    answers: Mutex<VecDeque<Result<Told, Error>>>,
}

impl Script {
    fn next(&self, text: &Arc<str>) -> Result<Told, Error> {
        self.asked.lock().unwrap().push(text.to_string());
        self.answers.lock().unwrap().pop_front().unwrap_or_else(|| Ok(Told::default()))
    }
}

impl Client for Script {
    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    async fn ask(&self, text: &Arc<str>, _: &[Bind<'_>]) -> Result<Vec<Row>, Error> {
        Ok(self.next(text)?.rows)
    }

    async fn tell(&self, text: &Arc<str>, _: &[Bind<'_>]) -> Result<Told, Error> {
        self.next(text)
    }

    async fn close(&self) {}
}

fn store(flavour: Flavour, answers: Vec<Told>) -> Database<Script> {
    let dialect = Dialect::new(flavour, Table::default());
    let answers = Mutex::new(answers.into_iter().map(Ok).collect());
    Database::new(Script { dialect, asked: Mutex::default(), answers }, Limits::default())
}

fn name(key: &str) -> Name {
    Scope::new("shop", "1", None).unwrap().name(&key.into())
}

fn affected(affected: u64) -> Told {
    Told { affected, ..Told::default() }
}

fn row(cells: impl Into<Row>) -> Told {
    Told { affected: 1, rows: vec![cells.into()], number: None }
}

fn counted(affected: u64, number: i64) -> Told {
    Told { affected, number: Some(number), ..Told::default() }
}

/// Asks that these were the statements, but for those that make room now and then.
fn were_told<'a>(store: &Database<Script>, wanted: impl Fn(&'a Dialect) -> Vec<&'a Statement>, dialect: &'a Dialect) {
    let asked = store.client().asked.lock().unwrap();
    let wanted: Vec<_> = wanted(dialect).into_iter().map(|statement| statement.text().to_string()).collect();
    let made_room = |text: &&String| {
        [&dialect.purge, &dialect.empty, &dialect.purge_marks].iter().any(|room| ***text == **room.text())
    };
    let asked: Vec<_> = asked.iter().filter(|text| !made_room(text)).cloned().collect();
    assert_eq!(asked, wanted);
}

#[test]
fn each_operation_is_one_statement_and_none_counts_rows() {
    let dialect = Dialect::new(Flavour::Postgres, Table::default());
    let store = store(Flavour::Postgres, vec![]);
    let key = name("key");
    block_on(async {
        store.set(&key, b"1", None).await.unwrap();
        store.add(&key, b"1", None).await.unwrap();
        store.delete(&key).await.unwrap();
        store.touch(&key, None).await.unwrap();
        store.get(&key).await.unwrap();
        store.ttl(&key).await.unwrap();
    });
    let wanted = |dialect: &'static Dialect| {
        vec![&dialect.set, &dialect.add, &dialect.delete, &dialect.touch, &dialect.get, &dialect.ttl]
    };
    were_told(&store, wanted, Box::leak(Box::new(dialect)));
}

#[test]
fn mysql_says_by_a_number_what_others_say_by_rows() {
    let says = |told: Vec<Told>| store(Flavour::MySql, told);
    let key = name("key");
    // What was found and left alone may count as changed there.
    assert!(!block_on(says(vec![counted(1, 0)]).add(&key, b"1", None)).unwrap());
    assert!(block_on(says(vec![counted(1, 1 << 62)]).add(&key, b"1", None)).unwrap());
    assert!(block_on(says(vec![counted(2, 1)]).delete(&key)).unwrap());
    assert!(!block_on(says(vec![counted(1, 0)]).delete(&key)).unwrap());
    assert_eq!(block_on(says(vec![counted(1, -7)]).incr(&key, -8)).unwrap(), -7);
    assert_eq!(block_on(says(vec![counted(1, 0)]).incr(&key, 1)).unwrap(), 0);
    let many = [key.clone(), name("other"), name("third")];
    assert_eq!(block_on(says(vec![counted(4, 2), counted(1, 1)]).delete_many(&many)).unwrap(), 3);
}

#[test]
fn why_nothing_was_counted_is_asked_only_then() {
    let key = name("key");
    let outcome = |found: Told| block_on(store(Flavour::Postgres, vec![affected(0), found]).incr(&key, 1));
    let kind = |found| outcome(found).expect_err("nothing was counted").kind();
    assert_eq!(kind(Told::default()), Kind::Missing);
    assert_eq!(kind(row([Cell::Bytes(b"x".into()), Cell::Nothing])), Kind::NotANumber);
    assert_eq!(kind(row([Cell::Nothing, Cell::Number(i64::MAX)])), Kind::Overflow);
    // Somebody has made it a number meanwhile: then it is counted after all.
    let raced = vec![affected(0), row([Cell::Nothing, Cell::Number(5)]), row([Cell::Number(6)])];
    assert_eq!(block_on(store(Flavour::Postgres, raced).incr(&key, 1)).unwrap(), 6);
}

fn standing(version: i64, gate: i64, marks: i64) -> Told {
    row([version, 1_000, gate, marks].map(Cell::Number))
}

#[test]
fn a_fill_that_the_gate_refused_is_tried_again_with_another_gate() {
    let key = name("key");
    let outcome = |answers: Vec<Told>| {
        let answers = [standing(0, 7, 3)].into_iter().chain(answers).collect();
        let store = store(Flavour::Postgres, answers);
        let ticket = block_on(store.begin_fill(&key)).unwrap();
        let filled = block_on(store.set_if(&key, b"value", None, &ticket)).unwrap();
        (filled, store.client().answers.lock().unwrap().len())
    };
    assert_eq!(outcome(vec![affected(1)]), (true, 0));
    assert_eq!(outcome(vec![affected(0), standing(0, 8, 3), affected(1)]), (true, 0), "something else was cleared");
    assert_eq!(outcome(vec![affected(0), standing(0, 8, 4), affected(1)]), (false, 1), "this was cleared");
    assert_eq!(outcome(vec![affected(0), standing(5, 7, 3), affected(1)]), (false, 1), "somebody else has written");
    let always = |gate| [affected(0), standing(0, gate, 3)];
    assert!(!outcome((8..20).flat_map(always).collect()).0, "it ends");
}

#[test]
fn a_gate_that_is_gone_is_put_back_or_is_an_error() {
    let gone = || row([Cell::Nothing, Cell::Number(1), Cell::Nothing, Cell::Number(0)]);
    let store = store(Flavour::Postgres, vec![gone(), affected(1), standing(0, 9, 1)]);
    assert!(block_on(store.begin_fill(&name("key"))).is_ok());
    let store = self::store(Flavour::Postgres, vec![gone(), affected(0), gone()]);
    let error = block_on(store.begin_fill(&name("key"))).unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("`larder_cache_cleared`"), "{error}");
}

#[test]
fn of_many_each_learns_what_became_of_its_own() {
    let store = store(Flavour::Postgres, vec![]);
    let failing = Err(Error::new(Kind::Store, "away"));
    *store.client().answers.lock().unwrap() = [Ok(affected(2)), failing].into();
    let entry = |key: &str, time| Entry { name: name(key), value: b"value".to_vec(), time };
    // Three are written in two statements: two of them, by their names, and one.
    let entries = [entry("c", None), entry("a", None), entry("b", None), entry("a", None)];
    let outcomes = block_on(store.set_many(&entries));
    assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, true, true]);
}

#[test]
fn what_comes_back_of_many_is_put_in_its_places() {
    let found = |key: &str| vec![Cell::Text(name(key).as_str().into()), Cell::Nothing, Cell::Number(7)];
    let told = Told { rows: vec![found("b"), found("a")], ..Told::default() };
    let store = store(Flavour::Postgres, vec![Told::default(), told]);
    let values = block_on(store.get_many(&["x", "b", "a", "b"].map(name))).unwrap();
    assert_eq!(values.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, true]);
}

#[test]
fn what_is_left_is_never_nothing_and_a_ticket_of_others_never_asked_about() {
    let store = store(Flavour::Postgres, vec![row([Cell::Number(-3)])]);
    let left = block_on(store.ttl(&name("key"))).unwrap();
    assert_eq!(left, Some(Remaining::For(Duration::from_millis(1))), "it was live a moment ago");
    assert!(!block_on(store.set_if(&name("key"), b"", None, &Ticket(b"forged".into()))).unwrap());
    assert_eq!(store.client().asked.lock().unwrap().len(), 1);
}

#[test]
fn an_error_of_the_database_is_the_callers() {
    let store = store(Flavour::Postgres, vec![]);
    let away = || Err(Error::new(Kind::Store, "away"));
    *store.client().answers.lock().unwrap() = [away(), away(), away()].into();
    let key = name("key");
    assert!(block_on(store.get(&key)).is_err() && block_on(store.incr(&key, 1)).is_err());
    assert!(block_on(store.clear_scope("shop:1:")).is_err(), "nothing is deleted without a mark");
    assert_eq!(store.client().asked.lock().unwrap().len(), 3);
}
