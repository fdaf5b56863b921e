//! The table: made by the store, or by somebody who reads first what it is.

use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::key::Scope;

use super::super::Sqlite;
use super::{Ground, failed, has, name, number, put, run};

#[test]
fn it_is_made_once_and_says_so() {
    let ground = Ground::new();
    assert!(run(ground.store().create_table()));
    assert!(!run(ground.store().create_table()) && !run(ground.store().create_table()));
    let store = ground.store();
    put(&store, "key", None);
    assert!(!run(store.create_table()) && has(&store, "key"));
}

#[test]
fn what_is_printed_is_what_is_run() {
    let ground = Ground::new();
    let store = ground.store();
    let sql = store.create_table_sql();
    assert!(sql.starts_with("create table if not exists \"larder_cache\" (\n"), "{sql}");
    assert!(!ground.path().exists(), "it was only printed");
    ground.stranger().execute_batch(&sql).unwrap();
    assert!(!run(store.create_table()), "it was there");
    put(&store, "key", None);
    assert!(has(&store, "key"));
}

#[test]
fn caches_in_two_tables_of_one_file_do_not_meet() {
    let ground = Ground::new();
    let [one, other] = ["one", "other"].map(|table| Sqlite::new(ground.config().table(table)).unwrap());
    put(&one, "key", None);
    assert!(!has(&other, "key"));
    run(other.clear_store());
    assert!(has(&one, "key"));
}

#[test]
fn a_table_of_another_shape_is_refused_and_left_alone() {
    let ground = Ground::new();
    let stranger = ground.stranger();
    stranger
        .execute_batch("create table larder_cache (cache_key text, value text); insert into larder_cache values (1, 2)")
        .unwrap();
    let store = ground.store();
    for error in [failed(store.get(&name("key"))), failed(store.set(&name("key"), b"value", None))] {
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(error.to_string().contains("no table `larder_cache` as this version knows it"), "{error}");
    }
    assert_eq!(number(&stranger, "select count(*) from larder_cache"), 1);
}

#[test]
fn names_differ_by_case_and_by_every_character() {
    let ground = Ground::new();
    let store = ground.store();
    let names = ["key", "KEY", "Key", "key%", "ke_"].map(|key| Scope::new("s", "1", None).unwrap().name(&key.into()));
    for name in &names {
        run(store.set(name, name.as_bytes(), None));
    }
    let found = run(store.get_many(&names));
    assert!(names.iter().zip(found).all(|(name, found)| found.as_deref() == Some(name.as_bytes())));
}
